//! Identifiers of what is new in an image.

use imaging::BuildRequest;
use uuid::Uuid;

/// Gives every new thing an identifier.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Uuids {
    /// What identifiers are made of that shall be the same in the next build; without it they are random.
    seed: Option<Uuid>,
}

impl Uuids {
    /// Returns identifiers for an image; those of one name, type and architecture are the same for the same time.
    ///
    /// The kickstart is no part of them: whoever saw an identifier could use it to try passwords.
    pub(super) fn new(request: &BuildRequest, epoch: Option<u64>) -> Uuids {
        let seed = epoch.map(|epoch| {
            let BuildRequest { name, image_type, arch, .. } = request;
            Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{epoch} {image_type} {arch} {name}").as_bytes())
        });
        Uuids { seed }
    }

    /// Returns the identifier of a thing.
    pub(crate) fn of(&self, what: &str) -> Uuid {
        match self.seed {
            None => Uuid::new_v4(),
            Some(seed) => Uuid::new_v5(&seed, what.as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_new_unless_a_time_is_given() {
        let request = crate::plan::tests::request(imaging::ImageType::Raw, "");
        let of = |epoch| Uuids::new(&request, epoch).of("disk");

        assert_ne!(of(None), of(None));
        assert_eq!(of(Some(5)), of(Some(5)));
        assert_ne!(of(Some(5)), of(Some(6)));
        assert_ne!(of(Some(5)), Uuids::new(&request, Some(5)).of("file system"));
    }
}
