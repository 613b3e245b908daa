//! `img boss launch`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use cli::LaunchArguments;
use participant_core::{Launch, Launcher};
use process_engine::Outline;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::check::launchable;
use super::registry::Registry;
use crate::site;

/// Launches a process.
pub(crate) async fn launch(arguments: &LaunchArguments) -> Result<u8> {
    let text = super::read(&arguments.definition)?;
    let file = arguments.definition.display();
    let outline = Outline::read(&text).and_then(|outline| launchable(&outline).map(|()| outline));
    let outline =
        outline.map_err(|wrong| anyhow!("{file}:{}:{}: {}", wrong.line, wrong.column, wrong.message))?;
    let fields = fields(arguments.json.as_deref(), &arguments.fields)?;
    let variables = pairs(&arguments.variables)?;
    let mut site = site::read_warning(&arguments.site.config, None);
    let registry = Registry::open(&mut site, 0)?;
    warn_of_strangers(&registry, &outline).await;
    let mut launch = Launch::new(text, fields);
    if !variables.is_empty() {
        launch.variables =
            Value::Object(variables.into_iter().map(|(key, value)| (key, value.into())).collect());
    }
    registry.rabbit.launch(&launch).await?;
    let name = outline.name().map(|name| format!(" `{name}`")).unwrap_or_default();
    cli::say(format_args!(
        "img: the engine has the process{name}; it gives no answer, its viewer shows what becomes of it"
    ));
    Ok(0)
}

/// Says whose workitems the engine would only park.
async fn warn_of_strangers(registry: &Registry, outline: &Outline) {
    let Some(viewer) = &registry.viewer else { return };
    let list = match viewer.participants().await {
        Ok(list) => list,
        Err(error) => {
            return cli::say(format_args!("img: warning: {:#}", anyhow::Error::new(error)));
        }
    };
    for name in outline.participants() {
        if !list.iter().any(|entry| !entry.is_catch_all() && entry.serves(name) != Some(false)) {
            cli::say(format_args!(
                "img: warning: no participant `{name}` is registered: the process will wait there for ever"
            ));
        }
    }
}

/// Puts the fields together: a JSON object, and single ones that change it.
fn fields(json: Option<&str>, single: &[String]) -> Result<Box<RawValue>> {
    let text = match json {
        None => "{}".to_owned(),
        Some(json) => match json.strip_prefix('@') {
            Some(file) => super::read(Path::new(file))?,
            None => json.to_owned(),
        },
    };
    let whole: Box<RawValue> = serde_json::from_str(&text).context("the fields are not JSON")?;
    if !whole.get().starts_with('{') {
        bail!("the fields should be a JSON object, as {{\"image\": {{\"name\": \"demo\"}}}}");
    }
    // what is not touched stays as it was written: large numbers stay what they are
    pairs(single)?.iter().try_fold(whole, |fields, (path, value)| set(&fields, path, value))
}

fn pairs(texts: &[String]) -> Result<Vec<(String, String)>> {
    let pair = |text: &String| match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => bail!("`{text}` should be NAME=VALUE"),
    };
    texts.iter().map(pair).collect()
}

/// Returns the object with one value set, at a path of keys joined with dots.
fn set(object: &RawValue, path: &str, value: &str) -> Result<Box<RawValue>> {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    let Ok(mut members) = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(object.get()) else {
        bail!("there is no `{path}`, because what should hold it is no object");
    };
    let new = match rest {
        None => to_raw_value(value)?,
        Some(rest) => match members.get(key) {
            Some(inner) => set(inner, rest, value)?,
            None => set(&to_raw_value(&Map::new())?, rest, value)?,
        },
    };
    members.insert(key.to_owned(), new);
    Ok(to_raw_value(&members)?)
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn fields_are_put_together() {
        let said = |json, single: &[&str]| {
            fields(json, &single.iter().map(ToString::to_string).collect::<Vec<_>>())
                .map(|fields| fields.get().to_owned())
                .map_err(|error| error.to_string())
        };
        assert_eq!(said(None, &[]).unwrap(), "{}");
        assert_eq!(
            said(Some(r#"{"z": 12345678901234567890123, "a":1.0}"#), &[]).unwrap(),
            r#"{"z": 12345678901234567890123, "a":1.0}"#
        );
        assert_eq!(
            said(
                Some(r#"{"image":{"arch":"i586"},"n":123456789012345678901234567890}"#),
                &["image.name=a=b", "x="]
            )
            .unwrap(),
            r#"{"image":{"arch":"i586","name":"a=b"},"n":123456789012345678901234567890,"x":""}"#
        );
        for (json, single, words) in [
            (Some("{"), &[][..], "are not JSON"),
            (Some("[]"), &[], "should be a JSON object"),
            (None, &["novalue"], "should be NAME=VALUE"),
            (None, &["=x"], "should be NAME=VALUE"),
            (Some(r#"{"image":1}"#), &["image.name=x"], "no object"),
            (Some("@/nonexistent"), &[], "cannot read"),
        ] {
            let error = said(json, single).unwrap_err();
            assert!(error.contains(words), "{json:?} {single:?}: {error}");
        }
    }
}
