//! `img submit -s`.

use cli::{BuildWish, HereArguments};
use participant_core::{Launch, Launcher};
use serde_json::json;
use serde_json::value::to_raw_value;

use super::super::order::CREATE_IMAGE;
use super::super::server::refuse_usage;
use super::registry::Registry;
use crate::site;

/// Launches the process that builds an image on the BOSS of the site, and returns the exit status.
pub(crate) async fn submit(here: &HereArguments, wish: &BuildWish, json: bool) -> u8 {
    let mut site = site::read_machine(here.config.as_deref());
    let opened = site::launching(&mut site)
        .and_then(|launching| Registry::open(&mut site, 0).map(|registry| (launching, registry)));
    let (launching, registry) = match opened {
        Ok(opened) => opened,
        Err(error) => return refuse_usage(&format!("{error:#}"), json),
    };
    let id = uuid::Uuid::new_v4().simple().to_string();
    let ev_id = format!("{}-{}", wish.name, &id[..4]);
    let fields = to_raw_value(&wish.fields(&ev_id)).expect("JSON is JSON");
    let definition = wish.process.clone().or(launching.create_image).unwrap_or_else(|| CREATE_IMAGE.into());
    if let Err(error) = registry.rabbit.launch(&Launch::new(definition, fields)).await {
        let error = anyhow::Error::new(error);
        cli::say(format_args!("img: {error:#}"));
        if json {
            let answer = json!({ "result": false, "kind": "unreachable", "error": format!("{error:#}") });
            cli::result(format_args!("{answer:#}"));
        }
        return 3;
    }
    if json {
        cli::result(json!({ "ev_id": ev_id, "name": wish.name.as_str() }));
    } else {
        let name = &wish.name;
        cli::result(format_args!(
            "{name} is handed to the BOSS, as {ev_id}; it gives no answer, its viewer shows what becomes of it"
        ));
    }
    0
}
