//! What the targets of cargo-fuzz share: the bodies, and what they stand on.

#[path = "bodies.rs"]
mod bodies;
#[path = "../support/disk.rs"]
#[expect(dead_code, reason = "the tests of journal and archive use the rest")]
mod disk;
#[path = "../support/world.rs"]
#[expect(dead_code, reason = "the tests of journal and archive use the rest")]
mod world;

/// Does with some bytes what the body of a name does.
///
/// # Panics
/// Where something is not as it should be.
pub fn run(name: &str, bytes: &[u8]) {
    let body = bodies::BODIES.iter().find(|body| body.name == name);
    (body.expect("there is such a body").run)(bytes);
}
