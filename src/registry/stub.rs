//! Stub.
use super::*;
#[derive(Debug, Clone, PartialEq)]
pub enum Change { Put { table: String, row: Vec<(String, String)> }, End { table: String, row: Vec<(String, String)>, to: crate::declaration::Day }, Replace { table: String, owner: String, rows: Vec<Vec<(String, String)>> } }
pub fn owner_column(_: &str) -> Option<&'static str> { Some("enterprise_id") }
pub fn table_columns(_: &str) -> Option<Vec<&'static str>> { None }
impl LiveRegistry {
    pub fn open(source: &RegistrySource, ids: Option<PartyIds>) -> Result<Self, RegistryErrors> { Ok(Self::new(Arc::new(Registry::build(source, ids.as_ref())?), ids)) }
    pub fn change(&mut self, _: &[Change]) -> Result<Arc<Registry>, RegistryErrors> { Ok(Arc::clone(self.current())) }
    pub fn difference(&self, _: &RegistrySource, _: bool) -> Result<Vec<Change>, RegistryErrors> { Ok(vec![]) }
    pub fn source(&self) -> Result<RegistrySource, RegistryErrors> { Ok(RegistrySource::default()) }
}
