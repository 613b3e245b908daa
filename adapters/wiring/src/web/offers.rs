//! The templates and features of the site, read anew each time.

use std::path::PathBuf;

use config::Configuration;
use imaging::{Feature, KickstartSource, Offers, SourceError, TemplateOffer};
use kickstart_dir::KickstartDir;
use participant_core::async_trait;

use crate::templates::{Offer, features, templates};

/// What the folders of `[web]` hold.
pub(super) struct SiteOffers {
    templates: Option<PathBuf>,
    features: Option<PathBuf>,
}

impl SiteOffers {
    pub(super) fn of_site(site: &Configuration) -> SiteOffers {
        let folder = |key| site.text("web", key).map(PathBuf::from);
        SiteOffers { templates: folder("templates_dir"), features: folder("features_dir") }
    }
}

#[async_trait]
impl Offers for SiteOffers {
    async fn templates(&self) -> Result<Vec<TemplateOffer>, SourceError> {
        let (folder, of_features) = (self.templates.clone(), self.features.clone());
        apart(move || {
            let Some(folder) = folder else { return Ok(Vec::new()) };
            let known = of_features.map(|folder| features(&folder)).transpose().map_err(other)?;
            let known = known.as_ref().map(|(features, _)| features.as_slice());
            let offers = templates(&folder, known).map_err(other)?;
            Ok(offers.into_iter().map(view).collect())
        })
        .await
    }

    async fn template(&self, file: &str) -> Result<Option<String>, SourceError> {
        let Some(folder) = self.templates.clone() else { return Ok(None) };
        let file = file.to_owned();
        // what is listed is given, and nothing else that is in the folder
        if !file.ends_with(".ks") || file.starts_with('.') || file.contains('/') {
            return Ok(None);
        }
        apart(move || match KickstartDir::at(folder).file(&file) {
            Ok(text) => Ok(Some(String::from_utf8_lossy(&text).into_owned())),
            Err(SourceError::Missing { .. } | SourceError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    async fn features(&self) -> Result<Vec<Feature>, SourceError> {
        let Some(folder) = self.features.clone() else { return Ok(Vec::new()) };
        apart(move || {
            let (features, wrong) = features(&folder).map_err(other)?;
            wrong.iter().for_each(|wrong| tracing::warn!("{wrong}"));
            Ok(features)
        })
        .await
    }
}

fn view(offer: Offer) -> TemplateOffer {
    let Offer { file, template, tokens, errors } = offer;
    TemplateOffer {
        file,
        display_name: template.display_name,
        kickstart_type: template.kickstart_type,
        architecture: template.suggested_architecture,
        image_type: template.suggested_image_type,
        features: template.suggested_features,
        device_model: template.device_model,
        device_variant: template.device_variant,
        brand: template.brand,
        tokens,
        errors,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err gives it away")]
fn other(error: anyhow::Error) -> SourceError {
    let source = std::io::Error::other(format!("{error:#}"));
    SourceError::Unreadable { path: "what the site offers".into(), source }
}

async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(died) => Err(other(died.into())),
    }
}
