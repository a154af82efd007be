//! stub
pub(in crate::registry) struct GoodsMaker;
