//! `img list` and `img show`.

use cli::{ListArguments, ShowArguments, result};
use imaging::JobLine;
use rest_client::{ClientError, Query, Server};
use serde_json::{Value, json};

use super::access::server;

/// Lists jobs.
pub(super) async fn list(arguments: &ListArguments) -> Result<u8, ClientError> {
    let server = server(&arguments.ask.server)?;
    let fields = [
        ("name", &arguments.name),
        ("tag", &arguments.tag),
        ("user", &arguments.user),
        ("image_type", &arguments.image_type),
        ("arch", &arguments.arch),
        ("status", &arguments.status),
        ("queue", &arguments.queue),
    ];
    let said = |(key, value): (&'static str, &Option<String>)| Some((key, value.clone()?));
    let query = Query(fields.into_iter().filter_map(said).collect());
    let limit = if arguments.all { 500 } else { arguments.limit };
    let mut part = server.list(&query, arguments.after.as_deref(), limit).await?;
    let mut jobs = std::mem::take(&mut part.jobs);
    while let (true, Some(next)) = (arguments.all, &part.next) {
        part = server.list(&query, Some(next), limit).await?;
        jobs.append(&mut part.jobs);
    }
    if arguments.ask.json {
        let jobs: Vec<Value> = jobs.into_iter().map(|job| job.all).collect();
        result(format_args!("{:#}", json!({ "jobs": jobs, "next": part.next })));
        return Ok(0);
    }
    let lines: Vec<JobLine> = jobs.into_iter().map(|job| job.line).collect();
    cli::print_list(&lines);
    if let Some(next) = &part.next {
        cli::say(format_args!("img: there are more: --after {next} lists those, --all lists everything"));
    }
    Ok(0)
}

/// Shows a job.
pub(super) async fn show(arguments: &ShowArguments) -> Result<u8, ClientError> {
    let server = server(&arguments.ask.server)?;
    let id = Server::id(&arguments.id)?;
    if arguments.kickstart {
        cli::result_bytes(&server.kickstart(&id).await?);
        return Ok(0);
    }
    if arguments.history {
        let events = server.history(&id).await?;
        if arguments.ask.json {
            let line =
                |event: &rest_client::Event| json!({ "at": event.at, "who": event.who, "text": event.text });
            result(format_args!("{:#}", Value::from(events.iter().map(line).collect::<Vec<_>>())));
        } else {
            let lines = events.iter().map(|event| (&*event.at, &*event.who, &*event.text));
            cli::print_history(lines);
        }
        return Ok(0);
    }
    let job = server.show(&id).await?;
    if arguments.ask.json {
        result(format_args!("{:#}", job.all));
    } else {
        cli::print_job(&job.line, &job.all);
    }
    Ok(0)
}
