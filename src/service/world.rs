//! The world, held by one at a time. A panic of whoever was changing it leaves it half changed, and nothing goes on then;
//! a panic of whoever only looked at it changes nothing.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread;

use super::desk::Desk;
use super::refusal::Refusal;
use crate::supervision::World;

/// Keeps the world.
pub(super) struct Worlds {
    world: Mutex<World>,
    /// Whether whoever holds it has begun to change it.
    changing: AtomicBool,
}

/// The world, held.
pub(super) struct HeldWorld<'w> {
    world: MutexGuard<'w, World>,
    changing: &'w AtomicBool,
}

impl Worlds {
    pub(super) const fn new(world: World) -> Self {
        Self {
            world: Mutex::new(world),
            changing: AtomicBool::new(false),
        }
    }

    /// Holds it; none where a change of it has died.
    fn hold(&self) -> Option<HeldWorld<'_>> {
        let world = match self.world.lock() {
            Ok(world) => world,
            Err(_) if self.changing.load(Ordering::SeqCst) => return None,
            Err(looked) => {
                self.world.clear_poison();
                looked.into_inner()
            }
        };
        Some(HeldWorld {
            world,
            changing: &self.changing,
        })
    }
}

impl Deref for HeldWorld<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for HeldWorld<'_> {
    fn deref_mut(&mut self) -> &mut World {
        self.changing.store(true, Ordering::SeqCst);
        &mut self.world
    }
}

impl Drop for HeldWorld<'_> {
    fn drop(&mut self) {
        // INVARIANT: what died while it was changed stays so.
        if !thread::panicking() {
            self.changing.store(false, Ordering::SeqCst);
        }
    }
}

impl Desk {
    /// Takes the world.
    ///
    /// # Errors
    /// [`Refusal::Stopped`] where a change of it has died.
    pub(super) fn hold_world(&self) -> Result<HeldWorld<'_>, Refusal> {
        self.world.hold().ok_or_else(|| {
            let why = "a change of the registry has died";
            self.poison(why);
            Refusal::Stopped(why.to_owned())
        })
    }

    /// Nothing is acknowledged any more.
    pub fn poison(&self, why: &str) {
        self.settle.journal().poison(why);
    }

    /// Looks, after a panic, whether whoever held what has an order has left it half changed.
    pub fn look_after_panic(&self) {
        // Each says so itself.
        let _ = self.settle.hold();
        let _ = self.hold_world();
    }
}
