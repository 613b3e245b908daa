//! Looking after a repository, round after round.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use async_trait::async_trait;
use imaging::{ImageRepository, RepositoryError, Step, Tended, Watch};
use tokio_util::sync::CancellationToken;

/// How often to look, where nobody says.
const OFTEN: Duration = Duration::from_secs(10);

/// What is heard of a repository.
pub(crate) enum Heard<'a> {
    News(&'a Tended),
    /// A round broke; the next one may be better, as when a disk comes back.
    Broken(&'a RepositoryError),
}

/// Publishes what comes until the watch stops; each thing is heard of once, for as long as it stays so.
pub(crate) async fn rounds(
    repository: &dyn ImageRepository,
    every: Duration,
    watch: &dyn Watch,
    hear: impl Fn(Heard<'_>),
) {
    let (mut said, mut broke) = (Vec::new(), String::new());
    loop {
        match repository.tend(watch).await {
            Ok(news) => {
                news.iter().filter(|one| !said.contains(*one)).for_each(|one| hear(Heard::News(one)));
                (said, broke) = (news, String::new());
            }
            Err(RepositoryError::Stopped) => return, // whoever stopped it knows
            Err(error) => {
                let sentence = error.sentence();
                if sentence != broke {
                    hear(Heard::Broken(&error));
                }
                broke = sentence;
            }
        }
        let stop = watch.stop();
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
    }
}

/// Looks after a repository of a service; what happens is in its log.
pub(crate) async fn tend(repository: Arc<dyn ImageRepository>, stop: CancellationToken) -> Result<()> {
    let name = repository.name();
    rounds(&*repository, OFTEN, &Quiet(stop), |heard| match heard {
        Heard::News(Tended::Published(image)) => tracing::info!("{image} is published in {name}"),
        Heard::News(Tended::Refused(image, number, why)) => {
            tracing::warn!("{image} is not published in {name}: {why} (OpenGnsys: {number})");
        }
        Heard::News(Tended::Waits(image, why)) => tracing::info!("{image} waits in {name}: {why}"),
        Heard::News(Tended::Reads(image)) => tracing::info!("{image} takes long to read in {name}"),
        Heard::News(Tended::Cleaned(what)) => tracing::info!("in {name}: {what}"),
        Heard::News(_) => {}
        Heard::Broken(error) => {
            tracing::warn!("the repository {name}: {} (OpenGnsys: {})", error.sentence(), error.opengnsys());
        }
    })
    .await;
    Ok(())
}

/// Nobody looks on.
struct Quiet(CancellationToken);

#[async_trait]
impl Watch for Quiet {
    fn step(&self, _step: &Step) {}

    fn stop(&self) -> CancellationToken {
        self.0.clone()
    }
}
