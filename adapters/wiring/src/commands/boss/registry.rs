//! What the engine knows of participants, and how it is told.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use config::Configuration;
use participant_core::{Launch, Launcher};
use serde_json::json;
use serde_json::value::to_raw_value;
use skynet_amqp::AmqpTransport;
use viewer::{Registered, Viewer};

use crate::site;

/// The engine of a site, as far as participants are concerned.
pub(super) struct Registry {
    pub(super) rabbit: AmqpTransport,
    pub(super) viewer: Option<Viewer>,
    /// How long the engine may take to do what it was told.
    patience: Duration,
}

impl Registry {
    /// Connects only to what is configured without a mistake.
    pub(super) fn open(site: &mut Configuration, patience: u64) -> Result<Registry> {
        let broker = site::broker(site);
        site::finish(site)?;
        let settings = broker.settings.publish_within(Duration::from_secs(5));
        Ok(Registry {
            rabbit: AmqpTransport::new(settings),
            viewer: broker.viewer,
            patience: Duration::from_secs(patience),
        })
    }

    /// Returns what is registered now; `None` when nobody can say and that was allowed.
    pub(super) async fn look(&self, blindly: bool) -> Result<Option<Vec<Registered>>> {
        match &self.viewer {
            None => Ok(None),
            Some(viewer) => match viewer.participants().await {
                Ok(list) => Ok(Some(list)),
                Err(error) if blindly => {
                    cli::say(format_args!("img: {:#}; going on blindly", anyhow::Error::new(error)));
                    Ok(None)
                }
                Err(error) => Err(error).context(
                    "nothing was done, because it cannot be verified; --blindly does it all the same",
                ),
            },
        }
    }

    /// Sends the engine a registration, in the form SkyNET has used.
    pub(super) async fn tell(&self, step: &str, pattern: &str, queue: &str) -> Result<()> {
        let definition = format!("Ruote.process_definition do\n  sequence do\n    {step}\n  end\nend\n");
        let fields = to_raw_value(&json!({ "name": pattern, "queue": queue })).expect("two texts");
        self.rabbit.launch(&Launch::new(definition, fields)).await?;
        Ok(())
    }

    /// Waits until the viewer shows what `done` looks for.
    pub(super) async fn verify(
        &self,
        viewer: &Viewer,
        what: &str,
        done: impl Fn(&[Registered]) -> bool,
    ) -> Result<Vec<Registered>> {
        let start = Instant::now();
        loop {
            let list = viewer.participants().await?;
            if done(&list) {
                return Ok(list);
            }
            if start.elapsed() > self.patience {
                let waited = self.patience.as_secs();
                bail!(
                    "the engine has the message, but {what} within {waited} s: does a BOSS worker run on this virtual host?"
                );
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}

/// Returns what the engine has to be told so that it matches whole names: it wraps the text in `^` and `$`, so that
/// alternatives need parentheses. A text that needs none stays as SkyNET sent it, and so replaces what SkyNET registered.
pub(super) fn anchored(regexp: &str) -> Result<String> {
    match alternatives(regexp) {
        None => bail!("`{regexp}` is no regular expression: its parentheses or brackets do not match"),
        Some(names) if names.len() > 1 => Ok(format!("({regexp})")),
        Some(_) => Ok(regexp.to_owned()),
    }
}

/// Splits an expression at its `|` outside of parentheses; `None` when those do not match.
fn alternatives(regexp: &str) -> Option<Vec<&str>> {
    let (mut depth, mut in_class, mut escaped, mut begin) = (0_usize, false, false, 0);
    let mut parts = Vec::new();
    for (at, sign) in regexp.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            _ if in_class => {}
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            '|' if depth == 0 => {
                parts.push(&regexp[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&regexp[begin..]);
    (depth == 0 && !in_class && !escaped).then_some(parts)
}

/// Returns the text that makes the engine remove this entry and no other: it removes the first one whose expression
/// matches the text it is sent. `None` when there is no such text.
pub(super) fn text_that_removes(list: &[Registered], pattern: &str, name: &str) -> Option<String> {
    let inner = pattern.trim_start_matches('^').trim_end_matches('$');
    let group = inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(inner);
    let mut texts = vec![inner, name];
    texts.extend(alternatives(group).into_iter().flatten());
    let hits = |text: &&&str| {
        // an expression only Ruby can read may match anything
        let first = list.iter().find(|entry| entry.serves(text) != Some(false));
        first.is_some_and(|first| first.pattern == pattern && first.serves(text) == Some(true))
    };
    texts.iter().find(hits).map(|text| (*text).to_owned())
}

/// Returns how the engine keeps a name it was told.
pub(super) fn kept(pattern: &str) -> String {
    format!("^{pattern}$")
}

#[cfg(test)]
mod tests {
    use super::anchored;

    #[test]
    fn only_alternatives_need_parentheses() {
        for (regexp, expected) in [
            ("build_image", "build_image"),
            ("build_.*", "build_.*"),
            ("a|b", "(a|b)"),
            ("build_(ks|image)", "build_(ks|image)"),
            ("(a|b)", "(a|b)"),
            ("(a)|(b)", "((a)|(b))"),
            ("[a|b]c", "[a|b]c"),
            (r"a\|b", r"a\|b"),
            (r"a\(|b", r"(a\(|b)"),
        ] {
            assert_eq!(anchored(regexp).unwrap(), expected, "{regexp}");
        }
        for regexp in ["x(", "x)", "[x", "x\\"] {
            assert!(anchored(regexp).is_err(), "{regexp}");
        }
    }
}
