//! `img log`.

use cli::{LogArguments, LogText, result};
use rest_client::{ClientError, Server};
use serde_json::json;
use tokio::sync::Notify;

use super::access::server;
use super::follow::{self, Heard};

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
        tokio::select! {
            read = server.log(&id, &mut show) => read?,
            () = nobody.notified() => return Ok(0),
        }
        shown.end();
        return Ok(0);
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
