//! What a server said of jobs and files, for a person.

use imaging::JobLine;
use serde_json::Value;

use crate::table;
use crate::terminal::{result, visible};
use crate::transfer::size;

/// A file of a job.
#[derive(Clone, Debug)]
pub struct FileLine {
    /// Its path.
    pub path: String,
    /// Its size, when known.
    pub size: Option<u64>,
    /// Whether its checksum is known.
    pub has_sum: bool,
    /// Whether it is the image.
    pub is_image: bool,
}

/// Prints jobs as a table.
pub fn print_list(jobs: &[JobLine]) {
    if jobs.is_empty() {
        return result("no such jobs");
    }
    let row = |job: &JobLine| {
        let tags: Vec<_> = job.tags.iter().map(ToString::to_string).collect();
        let test = job.test_result.map(|test| format!(" {}", test.as_str())).unwrap_or_default();
        vec![
            job.image_id.to_string(),
            format!("{}{test}", job.status),
            job.name.clone(),
            job.image_type.clone(),
            job.arch.clone(),
            job.user.clone(),
            time(job.created_ms),
            tags.join(","),
        ]
    };
    let rows: Vec<_> = jobs.iter().map(row).collect();
    table::print(&["ID", "STATUS", "NAME", "TYPE", "ARCH", "USER", "CREATED", "TAGS"], &rows);
}

/// Prints all that is known of a job.
pub fn print_job(job: &JobLine, all: &Value) {
    let line = |name: &str, text: &str| {
        if !text.is_empty() {
            result(format_args!("{name:<14} {}", visible(text)));
        }
    };
    line("id", job.image_id.as_str());
    line("status", &job.status.to_string());
    line("error", all["error"].as_str().unwrap_or_default());
    line("test", job.test_result.map_or("", |test| test.as_str()));
    line("name", &job.name);
    line("type", &job.image_type);
    line("arch", &job.arch);
    line("user", &job.user);
    line("queue", &job.queue);
    line("created", &time(job.created_ms));
    line("done", &job.done_ms.map(time).unwrap_or_default());
    for (name, key) in [
        ("tags", "tags"),
        ("email", "email"),
        ("release", "release"),
        ("devicegroup", "devicegroup"),
        ("tokens", "tokens"),
        ("packages", "packages"),
        ("repositories", "extra_repos"),
        ("options", "extra_opts"),
        ("post-processes", "post_processes"),
        ("retry of", "retry_of"),
        ("image", "image_file"),
        ("image url", "image_url"),
        ("files url", "files_url"),
        ("log url", "logfile_url"),
        ("test results", "test_results_url"),
    ] {
        line(name, &text(&all[key]));
    }
}

/// Prints what happened to a job: when, who, what.
pub fn print_history<'a>(events: impl Iterator<Item = (&'a str, &'a str, &'a str)>) {
    for (at, who, what) in events {
        let at = at.parse::<jiff::Timestamp>().map_or_else(|_| at.to_owned(), |at| time(at.as_millisecond()));
        result(format_args!("{}  {} {}", visible(&at), visible(who), visible(what)));
    }
}

/// Prints files as a table.
pub fn print_files(files: &[FileLine]) {
    if files.is_empty() {
        return result("no files: there are none before a build is over");
    }
    let row = |file: &FileLine| {
        let is_image = if file.is_image { "the image" } else { "" };
        let sum = if file.has_sum { "sha256" } else { "" };
        let size = file.size.map(size).unwrap_or_default();
        vec![file.path.clone(), size, sum.to_owned(), is_image.to_owned()]
    };
    table::print(&["PATH", "SIZE", "CHECKSUM", ""], &files.iter().map(row).collect::<Vec<_>>());
}

/// Returns what a value says in one line.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Object(object) => {
            let pairs = object.iter().map(|(key, value)| format!("{key}={}", text(value)));
            pairs.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// Returns a time as the clock on the wall has it.
fn time(ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}
