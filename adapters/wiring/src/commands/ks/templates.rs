//! `img ks templates`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use cli::{TemplatesArguments, result, say, visible};
use imaging::Feature;
use serde_json::json;

use crate::site;
use crate::templates::{Offer, features, templates};

/// Lists what people can choose from; what is wrong with it makes the exit status 1.
pub(super) fn list(arguments: &TemplatesArguments) -> Result<u8> {
    let site = site::read_machine(arguments.config.as_deref());
    site::finish(&site)?;
    let configured = |key: &str| site.text("web", key).map(PathBuf::from);
    let folder = arguments.folder.clone().or_else(|| configured("templates_dir"));
    let folder =
        folder.context("say where the templates are: img ks templates DIR, or [web] templates_dir")?;
    let of_features = arguments.features.clone().or_else(|| configured("features_dir"));
    let (features, mut wrong) = match &of_features {
        Some(folder) => features(folder)?,
        None => Default::default(),
    };
    let offers = templates(&folder, of_features.as_ref().map(|_| &features[..]))?;
    wrong.extend(offers.iter().flat_map(|offer| offer.errors.iter().cloned()));
    if arguments.json {
        let templates: Vec<_> = offers.iter().map(json).collect();
        result(json!({ "templates": templates, "features": features, "errors": wrong }));
    } else {
        show(&offers, &features);
        wrong.iter().for_each(|wrong| say(format_args!("img: {}", visible(wrong))));
    }
    Ok(u8::from(!wrong.is_empty()))
}

fn json(offer: &Offer) -> serde_json::Value {
    let template = &offer.template;
    json!({
        "file": offer.file,
        "display_name": template.display_name,
        "kickstart_type": template.kickstart_type,
        "suggested_architecture": template.suggested_architecture,
        "suggested_image_type": template.suggested_image_type,
        "suggested_features": template.suggested_features,
        "device_model": template.device_model,
        "device_variant": template.device_variant,
        "brand": template.brand,
        "tokens": offer.tokens,
        "errors": offer.errors,
    })
}

fn show(offers: &[Offer], features: &[Feature]) {
    let width = offers.iter().map(|offer| offer.file.chars().count()).max().unwrap_or_default();
    for Offer { file, template, tokens, .. } in offers {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let (arch, kind) = (text(&template.suggested_architecture), text(&template.suggested_image_type));
        let mut line = format!("{file:<width$}  {arch:<9} {kind:<8} {}", text(&template.display_name));
        if !template.suggested_features.is_empty() {
            line.push_str(&format!("; features: {}", template.suggested_features.join(", ")));
        }
        if !tokens.is_empty() {
            line.push_str(&format!("; tokens: {}", tokens.join(", ")));
        }
        result(visible(&line));
    }
    for feature in features {
        result(visible(&format!("feature {}: {}", feature.name, feature.description)));
    }
}
