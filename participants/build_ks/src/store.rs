//! The kickstart itself, from the workitem or from the store.

use std::sync::Arc;

use imaging::{KickstartSource, SourceError};
use participant_core::with_causes;

use crate::fields::Source;
use crate::yaml::generated;
use crate::{BuildKs, Refusal};

/// A kickstart and what its image is called when nobody says otherwise.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) kickstart: String,
    pub(crate) name: Option<String>,
}

impl BuildKs {
    /// Returns the kickstart a process means.
    pub(crate) async fn find(&self, source: Source) -> Result<Found, Refusal> {
        match source {
            Source::Text(kickstart) => Ok(Found { kickstart, name: None }),
            Source::File(path) => {
                let file = path.clone();
                let text = self.in_store("image.ksfile", move |store| store.file(&file)).await?;
                let text = text.map_err(|error| Refusal::from(of_store(&error, "image.ksfile")))?;
                let kickstart = String::from_utf8(text)
                    .map_err(|_| Refusal::from(format!("image.ksfile: {path} is not UTF-8")))?;
                Ok(Found { kickstart, name: Some(name_of(&path).to_owned()) })
            }
            Source::Yaml(yaml) => {
                self.in_store("image.kickstarter", move |store| generated(&yaml, store)).await?
            }
        }
    }

    /// Asks the store something, on a thread that may wait for a disk.
    pub(crate) async fn in_store<T: Send + 'static>(
        &self,
        field: &str,
        ask: impl FnOnce(&dyn KickstartSource) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let store: Arc<dyn KickstartSource> = self.store.clone().ok_or_else(|| {
            Refusal::from(format!("{field} needs a folder of kickstarts: set [build_ks] ksstore"))
        })?;
        let asked = tokio::task::spawn_blocking(move || ask(&*store)).await;
        asked.map_err(|error| format!("reading the store of kickstarts did not end well: {error}").into())
    }
}

/// Says why the store does not give a file.
pub(crate) fn of_store(error: &SourceError, field: &str) -> String {
    match error {
        SourceError::Missing { path } => format!("{field}: there is no {path} in the store of kickstarts"),
        other => format!("{field}: {}", with_causes(other)),
    }
}

/// Returns the file name without its ending.
fn name_of(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".ks").unwrap_or(file)
}
