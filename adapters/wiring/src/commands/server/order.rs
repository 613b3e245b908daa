//! `img submit` to a server, and `img retry`.

use std::sync::Arc;

use cli::{
    BuildWish, RetryArguments, SubmitArguments, Transfer, Unusable, WaitArguments, read_kickstart, result,
    say,
};
use rest_client::{ClientError, Job, Order, Server};
use serde_json::Map;

use super::access::{named, server};
use super::follow::{self, Heard};

/// Submits to the server that was named, and returns the exit status; `None` when none was.
pub(crate) async fn submit(arguments: &SubmitArguments, wish: &BuildWish) -> Option<u8> {
    named(&arguments.server)?;
    let json = arguments.state.json;
    let done = async {
        if wish.timings {
            let why = "--timings: a server tells no times of steps; record.json among the files of the job has them";
            return Err(ClientError::Usage(why.into()));
        }
        if wish.process.is_some() {
            let why = "--process: the server has its own, by [processes] create_image_process";
            return Err(ClientError::Usage(why.into()));
        }
        let server = server(&arguments.server)?;
        let shown = Arc::new(Transfer::on_stderr(wish.name.as_str()));
        let job = server.submit(&Order(wish.order()), reporting(&shown)).await;
        shown.ended();
        finish(&server, job?, arguments.wait, json).await
    };
    Some(done.await.unwrap_or_else(|error| super::failure::print(&error, json)))
}

/// Asks again for an image.
pub(super) async fn retry(arguments: &RetryArguments) -> Result<u8, ClientError> {
    let (server, id) = (server(&arguments.ask.server)?, Server::id(&arguments.id)?);
    let kickstart = arguments.kickstart.as_deref().map(read_kickstart).transpose();
    let kickstart =
        kickstart.map_err(|(Unusable::Usage(why) | Unusable::Kickstart(why))| ClientError::Usage(why))?;
    let image_type = arguments.image_type.map(|image_type| image_type.as_str().to_owned());
    let mut order = Map::new();
    for (key, value) in [
        ("kickstart", kickstart),
        ("image_type", image_type),
        ("arch", arguments.arch.clone()),
        ("name", arguments.name.clone()),
    ] {
        order.extend(value.map(|value| (key.to_owned(), value.into())));
    }
    let shown = Arc::new(Transfer::on_stderr(id.as_str()));
    let job = server.retry(&id, &Order(order), reporting(&shown)).await;
    shown.ended();
    finish(&server, job?, arguments.wait, arguments.ask.json).await
}

fn reporting(shown: &Arc<Transfer>) -> Arc<dyn Fn(u64, u64) + Send + Sync> {
    let shown = shown.clone();
    Arc::new(move |sent, of| shown.at(sent, Some(of)))
}

/// Says that a job is recorded, and waits for its end when told to.
async fn finish(server: &Server, job: Job, wait: WaitArguments, json: bool) -> Result<u8, ClientError> {
    let id = &job.line.image_id;
    if !wait.wait && !wait.follow {
        if json {
            result(format_args!("{:#}", job.all));
        } else {
            result(format_args!("{id} is in the queue; `img log --follow {id}` follows it"));
        }
        return Ok(0);
    }
    say(format_args!("img: {id} is in the queue; it goes on there also when this command ends"));
    let job = if wait.follow {
        let mut hear = |heard: Heard<'_>| match heard {
            Heard::Log(text) => text.lines().for_each(|line| say(cli::visible(line))),
            other => other.say(),
        };
        follow::to_the_end(server, id, &mut hear).await?
    } else {
        follow::wait(server, id).await?
    };
    let status = follow::status_of(&job, json);
    if json {
        result(format_args!("{:#}", job.all));
    } else if status == 0 {
        result(format_args!("{id} is {}; `img download {id}` fetches it", job.line.status));
    } else {
        say(format_args!("     `img log {id}` shows why"));
    }
    Ok(status)
}
