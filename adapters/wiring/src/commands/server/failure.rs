//! What went wrong between a server and a person.

use cli::{result, say, visible};
use rest_client::{ClientError, Kind};
use serde_json::json;

/// Says what went wrong, on stdout too where JSON is wanted, and returns the exit status.
pub(super) fn print(error: &ClientError, json: bool) -> u8 {
    let mistakes = match error {
        ClientError::Mistakes { mistakes, .. } => mistakes.as_slice(),
        _ => &[],
    };
    if mistakes.len() > 1 {
        say("img: the server refuses it:");
        mistakes
            .iter()
            .for_each(|(field, why)| say(format_args!("     {} {}", visible(field), visible(why))));
    } else {
        let text = text(error);
        for (number, line) in text.lines().enumerate() {
            let begin = if number == 0 { "img:" } else { "    " };
            say(format_args!("{begin} {}", visible(line)));
        }
    }
    let (kind, status) = match error.kind() {
        Kind::Refused => ("refused", 2),
        Kind::Unreachable => ("unreachable", 3),
        Kind::Failed => ("failed", 1),
    };
    if json {
        let mistakes: Vec<_> =
            mistakes.iter().map(|(field, why)| json!({ "field": field, "why": why })).collect();
        let answer = json!({ "result": false, "kind": kind, "error": text(error), "mistakes": mistakes });
        result(format_args!("{answer:#}"));
    }
    status
}

/// Says that the usage is wrong, and returns the exit status of that.
pub(crate) fn refuse_usage(why: &str, json: bool) -> u8 {
    print(&ClientError::Usage(why.into()), json)
}

/// Returns an error with what it came from.
fn text(error: &ClientError) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}
