//! `img repo`: images kept and published for the clients of OpenGnsys.

mod add;
mod watch;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use cli::{RepoArguments, RepoCommand, Show, result, say};
use config::Configuration;
use imaging::{
    ImagePath, ImageRepository, ImageState, OpenGnsysError, Removal, Repositories, RepositoryError, Step,
    Watch,
};
use tokio_util::sync::CancellationToken;

use super::Signals;
use crate::site;

/// Does what is asked for, and returns the exit status.
pub(crate) async fn repo(arguments: RepoArguments) -> Result<u8> {
    let mut site = site::read_machine(arguments.here.config.as_deref());
    let all = site::repositories(&mut site);
    let torrents = site::torrents(&mut site);
    site::finish(&site)?;
    let json = arguments.json;
    let done = match found(&site, &all, arguments.repository.as_deref()) {
        Ok(repository) => act(&site, &all, torrents, &*repository, arguments).await,
        Err(error) => Err(error),
    };
    Ok(done.unwrap_or_else(|error| cli::print_repository_error(&error, json)))
}

/// Finds a repository by its name, or by its folder, which has a `/` in it.
fn found(
    site: &Configuration,
    all: &Repositories,
    name: Option<&str>,
) -> Result<Arc<dyn ImageRepository>, RepositoryError> {
    match name {
        Some(name) if name.contains('/') || name == "." => Ok(site::repository_in(site, Path::new(name))),
        None if all.is_empty() => Err(RepositoryError::refused(
            OpenGnsysError::Repository,
            "no repository is configured: say -R FOLDER, or name it in [repository] folders, as main=/opt/opengnsys",
        )),
        Some(name) if all.get(Some(name)).is_err() && Path::new(name).is_dir() => {
            let sentence = format!(
                "no repository is configured as {name:?}: say ./{name} for the folder of that name here"
            );
            Err(RepositoryError::refused(OpenGnsysError::Repository, sentence))
        }
        name => all.get(name).cloned(),
    }
}

async fn act(
    site: &Configuration,
    all: &Repositories,
    torrents: Option<site::Torrents>,
    repository: &dyn ImageRepository,
    arguments: RepoArguments,
) -> Result<u8, RepositoryError> {
    let json = arguments.json;
    match arguments.command {
        RepoCommand::Add(wish) => add::add(repository, &wish, json).await?,
        RepoCommand::List => cli::print_repository(&repository.list().await?, json),
        RepoCommand::Info(named) => {
            cli::print_repository_image(&repository.info(&image(&named.image)?).await?, json);
        }
        RepoCommand::Verify(named) => {
            let image = image(&named.image)?;
            let waiting = Waiting::for_one(image.to_string());
            let verified = repository.verify(&image, &waiting).await;
            waiting.ended();
            return Ok(cli::print_repository_verified(&image.to_string(), &verified?, json));
        }
        RepoCommand::Remove { image: named, for_good } => {
            let image = image(&named.image)?;
            let how = if for_good { Removal::ForGood } else { Removal::KeepBackup };
            repository.remove(&image, how).await?;
            removed(&image, how, json);
        }
        RepoCommand::RestoreBackup(named) => {
            let image = image(&named.image)?;
            let waiting = Waiting::for_one(image.to_string());
            let back = repository.restore_backup(&image, &waiting).await;
            waiting.ended();
            let back = back?;
            if json {
                cli::print_repository_image(&back, json);
            } else {
                result(format_args!("{} is the one of the backup, and {}", back.path, back.state.word()));
            }
        }
        RepoCommand::Import { from, images, .. } => {
            let from = found(site, all, Some(&from))?;
            return import(repository, &*from, &images, json).await;
        }
        RepoCommand::Watch { once, every } => {
            let torrents = torrents.filter(|_| !once).map(|wanted| (wanted, all.clone()));
            return watch::watch(repository, once, every, json, torrents).await;
        }
    }
    Ok(0)
}

fn removed(image: &ImagePath, how: Removal, json: bool) {
    let has_backup = how == Removal::KeepBackup;
    if json {
        return result(
            serde_json::json!({ "result": true, "image": image.to_string(), "backup": has_backup }),
        );
    }
    let backup = if has_backup {
        ": it is the backup, which `img repo restore-backup` puts back"
    } else {
        " for good"
    };
    result(format_args!("{image} is removed{backup}"));
}

/// Copies images over, one after another; none keeps the next from its turn.
async fn import(
    repository: &dyn ImageRepository,
    from: &dyn ImageRepository,
    images: &[String],
    json: bool,
) -> Result<u8, RepositoryError> {
    let mut wanted = BTreeSet::new();
    for name in images {
        wanted.insert(image(Path::new(name))?);
    }
    let mut status = 0;
    if images.is_empty() {
        for one in from.list().await? {
            match one.state {
                ImageState::NoFile => {}
                ImageState::Waiting if from.sums(&one.path).await?.is_none() => {
                    let sentence = format!(
                        "{} is left in {}, which has not published it yet: `img repo watch` does, there",
                        one.path,
                        from.name()
                    );
                    let error = RepositoryError::refused(OpenGnsysError::Locked, sentence);
                    status = cli::print_repository_error(&error, json);
                }
                // what is locked or refused there is told as that
                _ => {
                    wanted.insert(one.path);
                }
            }
        }
    }
    for image in wanted {
        let waiting = Waiting::for_one(image.to_string());
        let done = repository.import(from, &image, &waiting).await;
        waiting.ended();
        match done {
            Ok(done) => cli::print_incorporated(&done, json),
            Err(RepositoryError::Stopped) => return Err(RepositoryError::Stopped),
            Err(error) => status = cli::print_repository_error(&error, json),
        }
    }
    Ok(status)
}

/// Reads the name of an image, which need be no text.
fn image(path: &Path) -> Result<ImagePath, RepositoryError> {
    let read = match path.to_str() {
        Some(text) => ImagePath::parse(text),
        None => ImagePath::new(path),
    };
    read.map_err(|error| RepositoryError::refused(OpenGnsysError::Format, error.0))
}

/// A person who waits for one image.
struct Waiting {
    what: String,
    show: Show,
    stop: CancellationToken,
}

impl Waiting {
    /// Shows how far it is, and stops it when a signal comes.
    fn for_one(what: String) -> Waiting {
        let waiting = Waiting { what, show: Show::on_stderr(), stop: CancellationToken::new() };
        let stop = waiting.stop.clone();
        tokio::spawn(async move {
            match Signals::listen() {
                Ok(mut signals) => {
                    signals.next().await;
                    stop.cancel();
                }
                Err(error) => say(format_args!("img: {error:#}")),
            }
        });
        waiting
    }

    fn ended(&self) {
        self.show.ended(&self.what);
    }
}

impl Watch for Waiting {
    fn step(&self, step: &Step) {
        self.show.step(&self.what, &step.name, step.done_of);
    }

    fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }
}
