//! Something a person may choose to have in an image.

use std::collections::BTreeMap;

/// An optional part of images.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Feature {
    /// Its name; templates suggest it by that.
    pub name: String,
    /// What a person gets, in a few words.
    pub description: String,
    /// A group of packages, without its sign.
    pub pattern: Option<String>,
    /// Packages; `-name` leaves one out.
    pub packages: Vec<String>,
    /// Repositories the packages are in.
    pub repos: Vec<FeatureRepo>,
}

/// A repository that has an address for each type of kickstart.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FeatureRepo {
    /// Its name.
    pub name: String,
    /// Addresses by the type of kickstart in lower case; `default` is for all others.
    pub urls: BTreeMap<String, String>,
}

impl FeatureRepo {
    /// Returns the address for a type of kickstart; none when it has nothing for it.
    pub fn url(&self, kickstart_type: Option<&str>) -> Option<&str> {
        let of_type = kickstart_type.and_then(|kind| self.urls.get(&kind.to_lowercase()));
        of_type.or_else(|| self.urls.get("default")).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::FeatureRepo;

    #[test]
    fn the_type_of_the_kickstart_chooses_the_address() {
        let urls = [("rnd".to_owned(), "a".to_owned()), ("default".to_owned(), "b".to_owned())];
        let repo = FeatureRepo { name: "tools".into(), urls: urls.into() };
        assert_eq!(
            [repo.url(Some("RnD")), repo.url(Some("release")), repo.url(None)],
            [Some("a"), Some("b"), Some("b")]
        );
        let none = FeatureRepo { name: "tools".into(), urls: [].into() };
        assert_eq!(none.url(Some("rnd")), None);
    }
}
