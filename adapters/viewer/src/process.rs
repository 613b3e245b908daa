//! What ruote-kit writes of a process.

use serde::Deserialize;
use serde_json::Error;

/// A process the engine has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// What its steps that stopped with an error say; such a step goes on when a person replays it, and not before.
    pub errors: Vec<String>,
}

/// Returns the path of the page of one kind about a process.
pub(crate) fn path(kind: &str, wfid: &str) -> Option<String> {
    let good =
        !wfid.is_empty() && wfid.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    good.then(|| format!("/_ruote/{kind}/{wfid}"))
}

/// Reads how many errors the page of a process tells of.
pub(crate) fn errors_of(text: &str) -> Result<u64, Error> {
    #[derive(Deserialize)]
    struct Page {
        process: Process,
    }
    #[derive(Deserialize)]
    struct Process {
        errors: u64,
    }
    serde_json::from_str::<Page>(text).map(|page| page.process.errors)
}

/// Reads the texts of the page of the errors of a process.
pub(crate) fn messages(text: &str) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    struct Page {
        errors: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        #[serde(default)]
        message: Option<String>,
    }
    let page: Page = serde_json::from_str(text)?;
    Ok(page
        .errors
        .into_iter()
        .map(|one| one.message.unwrap_or_else(|| "no reason was given".into()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::{errors_of, messages, path};

    #[test]
    fn what_is_written_of_a_process_is_read() {
        assert_eq!(
            path("processes", "20261121-0739-a-b").as_deref(),
            Some("/_ruote/processes/20261121-0739-a-b")
        );
        for wrong in ["", "a.json", "a/b", "..", "a?b", "a b", "\u{e9}"] {
            assert_eq!(path("errors", wrong), None, "{wrong}");
        }
        let page = r#"{"links":[],"process":{"type":"process","detailed":true,"expressions":3,"errors":1,"wfid":"w"}}"#;
        assert_eq!(errors_of(page).unwrap(), 1);
        let page = r#"{"links":[],"errors":[{"type":"errors","message":"raised: RuntimeError: boom","links":[]},{}]}"#;
        assert_eq!(messages(page).unwrap(), ["raised: RuntimeError: boom", "no reason was given"]);
        for wrong in ["", "<html>", "[]", r#"{"process":{}}"#, r#"{"processes":[]}"#] {
            assert!(errors_of(wrong).is_err() && messages(wrong).is_err(), "{wrong}");
        }
    }
}
