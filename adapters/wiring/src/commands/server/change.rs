//! `img stop`, `img delete`, `img tag` and `img pin`.

use std::io::{BufRead, IsTerminal, Write};

use cli::{DeleteArguments, PinArguments, StopArguments, TagArguments, result, say, visible};
use imaging::ImageId;
use rest_client::{ClientError, Deletion, Server};
use serde_json::{Value, json};

use super::access::server;

/// So many files of a job are named before it is deleted.
const NAMED: usize = 8;

fn ids(texts: &[String]) -> Result<Vec<ImageId>, ClientError> {
    texts.iter().map(|text| Server::id(text)).collect()
}

/// Stops jobs.
pub(super) async fn stop(arguments: &StopArguments) -> Result<u8, ClientError> {
    let (server, ids) = (server(&arguments.ask.server)?, ids(&arguments.ids)?);
    let mut stopped = Vec::new();
    for id in &ids {
        let job = server.stop(id).await?;
        if arguments.ask.json {
            stopped.push(job.all);
        } else {
            result(format_args!("{id} is stopped"));
        }
    }
    if arguments.ask.json {
        result(format_args!("{:#}", Value::from(stopped)));
    }
    Ok(0)
}

/// Puts tags on a job.
pub(super) async fn tag(arguments: &TagArguments) -> Result<u8, ClientError> {
    let (server, id) = (server(&arguments.ask.server)?, Server::id(&arguments.id)?);
    let job = server.tag(&id, &arguments.add, &arguments.remove).await?;
    if arguments.ask.json {
        result(format_args!("{:#}", job.all));
    } else {
        let tags: Vec<_> = job.line.tags.iter().map(ToString::to_string).collect();
        let tags = if tags.is_empty() { "no tags".into() } else { visible(&tags.join(", ")) };
        result(format_args!("{id} has {tags}"));
    }
    Ok(0)
}

/// Protects jobs, or no longer.
pub(super) async fn pin(arguments: &PinArguments) -> Result<u8, ClientError> {
    let (server, ids) = (server(&arguments.ask.server)?, ids(&arguments.ids)?);
    for id in &ids {
        server.pin(id, !arguments.off).await?;
        if !arguments.ask.json {
            let not = if arguments.off { "no longer" } else { "now" };
            result(format_args!("{id} is {not} protected from deletion"));
        }
    }
    if arguments.ask.json {
        let ids: Vec<_> = ids.iter().map(ImageId::as_str).collect();
        result(format_args!("{:#}", json!({ "image_ids": ids, "pinned": !arguments.off })));
    }
    Ok(0)
}

/// Deletes jobs, after saying what would go; nothing is deleted when one of them may not be.
pub(super) async fn delete(arguments: &DeleteArguments) -> Result<u8, ClientError> {
    let is_answered = arguments.yes || std::io::stdin().is_terminal();
    let (server, ids) = (server(&arguments.ask.server)?, ids(&arguments.ids)?);
    let mut going = Vec::new();
    for id in ids {
        let deletion = server.preview_deletion(&id).await?;
        say(preview(&id, &deletion));
        going.push((id, deletion));
    }
    if !is_answered {
        let why = "nothing is deleted: nobody can be asked here, and --yes is not said";
        return Err(ClientError::Usage(why.into()));
    }
    if !arguments.yes && !asked(going.len()) {
        return Err(ClientError::Usage("nothing is deleted".into()));
    }
    let mut deleted = Vec::new();
    for (id, deletion) in going {
        server.delete(&id).await?;
        if arguments.ask.json {
            deleted
                .push(json!({ "image_id": id.as_str(), "files": deletion.count, "bytes": deletion.bytes }));
        } else {
            result(format_args!("{id} is deleted"));
        }
    }
    if arguments.ask.json {
        result(format_args!("{:#}", json!({ "deleted": deleted })));
    }
    Ok(0)
}

fn preview(id: &ImageId, deletion: &Deletion) -> String {
    let named: Vec<_> = deletion.files.iter().take(NAMED).map(|file| visible(file)).collect();
    let more = deletion.count.saturating_sub(named.len() as u64);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let files = if named.is_empty() { String::new() } else { format!(": {}{more}", named.join(", ")) };
    let (count, size) = (deletion.count, cli::size(deletion.bytes));
    format!("{id} would go with {count} files, {size}{files}")
}

/// Asks a person; anything but a yes is a no.
fn asked(count: usize) -> bool {
    let jobs = if count == 1 { "this job".to_owned() } else { format!("these {count} jobs") };
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "Delete {jobs}? [y/N] ").and_then(|()| err.flush());
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.is_ok() && matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}
