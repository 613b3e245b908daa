//! The kickstarts and features of a site that people choose from.

use async_trait::async_trait;

use crate::{Feature, SourceError};

/// A kickstart to choose, with what it says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct TemplateOffer {
    /// Its file, by which it is chosen.
    pub file: String,
    /// What it is called in a list.
    pub display_name: Option<String>,
    /// Which repositories of features fit.
    pub kickstart_type: Option<String>,
    /// The processor it suggests.
    pub architecture: Option<String>,
    /// The form of the image it suggests.
    pub image_type: Option<String>,
    /// The features it suggests.
    pub features: Vec<String>,
    /// The value of the token DEVICEMODEL.
    pub device_model: Option<String>,
    /// The value of the token DEVICEVARIANT.
    pub device_variant: Option<String>,
    /// The value of the token BRAND.
    pub brand: Option<String>,
    /// The tokens in it, each once.
    pub tokens: Vec<String>,
    /// What is wrong with it: it cannot be built as it is suggested.
    pub errors: Vec<String>,
}

/// What a site offers to choose from, as it is at the moment of asking.
#[async_trait]
pub trait Offers: Send + Sync {
    /// Returns the templates, sorted by file; none when the site has none.
    async fn templates(&self) -> Result<Vec<TemplateOffer>, SourceError>;

    /// Returns the text of a template; `None` when there is none of this name. No name leads out of their folder.
    async fn template(&self, file: &str) -> Result<Option<String>, SourceError>;

    /// Returns the features.
    async fn features(&self) -> Result<Vec<Feature>, SourceError>;
}
