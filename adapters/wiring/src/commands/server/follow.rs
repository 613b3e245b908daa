//! Waiting for the end of a build, with or without its log.

use std::sync::Arc;

use cli::{Show, say, visible};
use imaging::ImageId;
use rest_client::{ClientError, Job, News, Server};

/// What is heard of a build that goes on.
pub(super) enum Heard<'a> {
    Log(&'a str),
    Status(&'a str),
    Anew,
    Away(&'a str),
}

impl Heard<'_> {
    /// Says it to a person, who sees the log elsewhere.
    pub(super) fn say(&self) {
        match self {
            Heard::Log(_) => {}
            Heard::Status(status) => say(format_args!("img: it is {}", visible(status))),
            Heard::Anew => say("img: the build began anew, and so does its log"),
            Heard::Away(why) => say(format_args!("img: {}; trying again", visible(why))),
        }
    }
}

/// Follows the log of a job, and returns what the job came to.
pub(super) async fn to_the_end(
    server: &Server,
    id: &ImageId,
    hear: &mut (dyn FnMut(Heard<'_>) + Send),
) -> Result<Job, ClientError> {
    let mut news = |news: News| match &news {
        News::Text(text) => hear(Heard::Log(text)),
        News::Status(status) => hear(Heard::Status(status)),
        News::Anew => hear(Heard::Anew),
        News::Away(why) => hear(Heard::Away(why)),
    };
    let end = server.follow(id, &mut news).await?;
    match end.status {
        Some(_) => server.wait(id, &mut |_| {}).await,
        None => Err(ClientError::Missing(format!("{id} was deleted meanwhile"))),
    }
}

/// Waits for the end of a job, and says how far it is.
pub(super) async fn wait(server: &Server, id: &ImageId) -> Result<Job, ClientError> {
    let show = Arc::new(Show::on_stderr());
    let job = server
        .wait(id, &mut |heard| match heard {
            Ok(job) => show.step(id.as_str(), &job.line.status.to_string(), None),
            Err(error) => show.say(&format!("img: {error}; trying again")),
        })
        .await;
    show.ended(id.as_str());
    job
}

/// Says what a job came to, unless JSON has said it, and returns the exit status.
pub(super) fn status_of(job: &Job, json: bool) -> u8 {
    if job.line.status.has_image() {
        return 0;
    }
    if !json {
        let id = &job.line.image_id;
        let error = job.all["error"].as_str().unwrap_or("there is no image, and no reason was given");
        say(format_args!("img: {id} failed: {}", visible(error)));
    }
    1
}
