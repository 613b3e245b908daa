//! Identifiers of what is new in an image.

use uuid::Uuid;

/// Gives every new thing an identifier.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Uuids;

impl Uuids {
    /// Returns the identifier of a thing, which nobody had before.
    pub(crate) fn of(self, _what: &str) -> Uuid {
        Uuid::new_v4()
    }
}
