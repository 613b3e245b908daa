//! `img log`.

use cli::{LogArguments, LogText, result, say, visible};
use imaging::JobStatus;
use rest_client::{ClientError, Job, Server};
use serde_json::json;
use tokio::sync::Notify;

use super::access::server;
use super::follow::{self, Heard};

/// Says why a job has nothing in its log, and what to do.
fn nothing(job: &Job) -> String {
    let line = &job.line;
    let (id, status) = (&line.image_id, &line.status);
    match status {
        JobStatus::Error if line.error.is_empty() => {
            format!("{id} has nothing in its log: it is ERROR; `img retry {id}` asks for it again")
        }
        JobStatus::Error => format!(
            "{id} has nothing in its log: it is ERROR, {}; `img retry {id}` asks for it again when that is mended",
            visible(&line.error)
        ),
        status if status.is_final() => {
            format!("{id} has nothing in its log: it is {status}, and its log is empty or was removed")
        }
        _ => format!("{id} has nothing in its log yet: it is {status}; `img log --follow {id}` waits for it"),
    }
}

/// Shows the log of a job.
pub(super) async fn log(arguments: &LogArguments) -> Result<u8, ClientError> {
    let (server, id) = (server(&arguments.ask.server)?, Server::id(&arguments.id)?);
    let (json, nobody) = (arguments.ask.json, Notify::new());
    let mut shown = LogText::on_stdout();
    let mut show = |piece: &[u8]| {
        if json {
            result(json!({ "text": String::from_utf8_lossy(piece) }));
        } else if !shown.take(piece) {
            nobody.notify_one(); // `img log | head` has what it wants
        }
    };
    if !arguments.follow {
        let mut is_empty = true;
        let mut show = |piece: &[u8]| {
            is_empty &= piece.is_empty();
            show(piece);
        };
        let read = tokio::select! {
            read = server.log(&id, &mut show) => read,
            () = nobody.notified() => return Ok(0),
        };
        shown.end();
        return match read {
            Ok(()) if !is_empty => Ok(0),
            Ok(()) => {
                server.show(&id).await.map(|job| say(format_args!("img: {}", nothing(&job)))).map(|()| 0)
            }
            // the job is there, or not
            Err(ClientError::Missing(_)) => Err(ClientError::Missing(nothing(&server.show(&id).await?))),
            Err(error) => Err(error),
        };
    }
    let mut hear = |heard: Heard<'_>| match heard {
        Heard::Log(text) => show(text.as_bytes()),
        Heard::Status(status) if json => result(json!({ "status": status })),
        Heard::Anew if json => result(json!({ "anew": true })),
        other => other.say(),
    };
    let job = tokio::select! {
        job = follow::to_the_end(&server, &id, &mut hear) => job?,
        () = nobody.notified() => return Ok(0),
    };
    shown.end();
    if json {
        result(json!({ "job": job.all }));
    }
    Ok(follow::status_of(&job, json))
}
