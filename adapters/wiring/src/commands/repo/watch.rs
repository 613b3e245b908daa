//! `img repo watch`.

use std::time::Duration;

use cli::say;
use imaging::{ImageRepository, RepositoryError, Tended};

use super::Waiting;

/// Publishes what comes, round after round; says each thing once.
pub(super) async fn watch(
    repository: &dyn ImageRepository,
    once: bool,
    every: u64,
    json: bool,
) -> Result<u8, RepositoryError> {
    let waiting = Waiting::for_one(repository.name().to_string());
    let mut said: Vec<Tended> = Vec::new();
    loop {
        let round = repository.tend(&waiting).await;
        waiting.ended();
        match round {
            Ok(news) => {
                news.iter().filter(|one| !said.contains(one)).for_each(|one| cli::print_tended(one, json));
                if once {
                    return Ok(u8::from(news.iter().any(|one| matches!(one, Tended::Refused(..)))));
                }
                said = news;
            }
            // whoever stopped it knows
            Err(RepositoryError::Stopped) => return Ok(0),
            Err(error) if once => return Err(error),
            // a disk that comes back is no reason to end
            Err(error) => {
                say(format_args!("img: {} (error {} of OpenGnsys)", error.sentence(), error.opengnsys()))
            }
        }
        tokio::select! {
            () = waiting.stop.cancelled() => return Ok(0),
            () = tokio::time::sleep(Duration::from_secs(every)) => {}
        }
    }
}
