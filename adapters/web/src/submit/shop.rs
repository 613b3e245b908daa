//! What there is to choose from.

use std::collections::BTreeMap;

use imaging::{BuildService, Entry, Feature, PostProcess, Table, TemplateOffer};
use rest::{Problem, Rest};

use crate::trouble::Trouble;

/// Tokens whose value follows from something else.
const DERIVED: [&str; 3] = ["ARCH", "RELEASEPATTERN", "RNDPATTERN"];

/// What there is to choose from, as it is now.
#[derive(Debug, Default)]
pub(super) struct Shop {
    pub(super) templates: Vec<TemplateOffer>,
    /// The one that was chosen.
    pub(super) template: Option<TemplateOffer>,
    pub(super) features: Vec<Feature>,
    pub(super) image_types: Vec<String>,
    pub(super) arches: Vec<String>,
    pub(super) tokens: Vec<TokenOffer>,
    pub(super) processes: Vec<PostProcess>,
    /// Where repositories of projects can come from.
    pub(super) services: Vec<BuildService>,
}

/// A token that can be said.
#[derive(Clone, Debug)]
pub(super) struct TokenOffer {
    pub(super) name: String,
    /// What it is unless somebody says otherwise.
    pub(super) usual: String,
    pub(super) help: String,
}

impl Shop {
    pub(super) async fn of(rest: &Rest, template: &str) -> Result<Shop, Trouble> {
        let away = |error: imaging::SourceError| {
            tracing::error!("what the site offers cannot be read: {error}");
            Problem::ours(&error)
        };
        let templates = rest.offers.templates().await.map_err(away)?;
        let features = rest.offers.features().await.map_err(away)?;
        let template = templates.iter().find(|offer| offer.file == template).cloned();
        let names = async |table| -> Result<Vec<String>, Trouble> {
            let entries = rest.desk.registry.entries(table).await?;
            Ok(entries.iter().map(Entry::name).map(str::to_owned).collect())
        };
        let known = rest.desk.registry.entries(Table::Tokens).await?;
        let processes = rest.desk.registry.post_processes().await?;
        let services = rest.desk.registry.entries(Table::BuildServices).await?;
        let services = services.into_iter().filter_map(|entry| match entry {
            Entry::BuildService(service) => Some(service),
            _ => None,
        });
        Ok(Shop {
            tokens: tokens(known, template.as_ref()),
            image_types: names(Table::ImageTypes).await?,
            arches: names(Table::Arches).await?,
            processes: processes.into_iter().filter(|process| process.active).collect(),
            services: services.collect(),
            templates,
            template,
            features,
        })
    }
}

/// Returns the tokens of a template, or all that the site knows.
fn tokens(known: Vec<Entry>, template: Option<&TemplateOffer>) -> Vec<TokenOffer> {
    let site: BTreeMap<String, imaging::Token> = known
        .into_iter()
        .filter_map(|entry| match entry {
            Entry::Token(token) => Some((token.name.clone(), token)),
            _ => None,
        })
        .collect();
    let names: Vec<String> = match template {
        Some(template) => template.tokens.clone(),
        None => site.keys().cloned().collect(),
    };
    let suggested = |name: &str| {
        let template = template?;
        match name {
            "DEVICEMODEL" => template.device_model.clone(),
            "DEVICEVARIANT" => template.device_variant.clone(),
            "BRAND" => template.brand.clone(),
            _ => None,
        }
    };
    let offer = |name: String| TokenOffer {
        usual: suggested(&name)
            .or_else(|| site.get(&name).map(|token| token.default.clone()))
            .unwrap_or_default(),
        help: site.get(&name).map(|token| token.description.clone()).unwrap_or_default(),
        name,
    };
    names.into_iter().filter(|name| !DERIVED.contains(&&**name)).map(offer).collect()
}
