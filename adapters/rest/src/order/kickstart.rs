//! Where the kickstart of an order comes from.

use std::collections::{BTreeMap, BTreeSet};

use imaging::{Offers, SourceError};
use img_kickstart::kickstarter::{Flavour, Generated, Kickstarter, Shelf, Wanted};
use img_kickstart::{Diagnostic, Found, Kickstart, Rules, check_with};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Order;
use crate::problem::{Mistake, Problem};

/// The fields that may say it.
pub(super) const SOURCES: [&str; 3] = ["kickstart", "template", "configuration"];
/// So many mistakes of a kickstart are told.
const MOST: usize = 100;

/// YAML that kickstarts are made from.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The files: those with configurations and repositories, and what they name beside them.
    #[serde(deserialize_with = "crate::object::list")]
    pub files: Vec<ConfigurationFile>,
    /// The configuration that is meant, by its `Name` or `FileName`; needed when several are active.
    #[serde(default)]
    pub only: Option<String>,
    /// Which of the addresses of repositories counts.
    #[serde(default)]
    pub flavour: Option<String>,
}

/// One file.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationFile {
    /// Its path, as other files name it.
    #[schema(example = "phone.yaml")]
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// A kickstart, and what goes with it unless somebody says otherwise.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) kickstart: Option<String>,
    pub(super) suggested: Suggested,
}

#[derive(Debug, Default)]
pub(super) struct Suggested {
    pub(super) name: Option<String>,
    pub(super) image_type: Option<String>,
    pub(super) arch: Option<String>,
    pub(super) kickstart_type: Option<String>,
    pub(super) features: BTreeSet<String>,
    pub(super) tokens: BTreeMap<String, String>,
}

/// Finds the kickstart of an order, and says what is wrong with it.
pub(super) async fn find(
    order: &Order,
    offers: &dyn Offers,
    mistakes: &mut Vec<Mistake>,
) -> Result<Source, Problem> {
    let said = [order.kickstart.is_some(), order.template.is_some(), order.configuration.is_some()];
    if said.iter().filter(|is_said| **is_said).count() > 1 {
        mistakes.push(Mistake::of(
            "kickstart",
            "is said twice: say one of kickstart, template and configuration",
        ));
        return Ok(Source::default());
    }
    let source = if let Some(text) = &order.kickstart {
        let kickstart_type = Kickstart::parse(text.as_str()).template().kickstart_type;
        let suggested = Suggested { kickstart_type, ..Suggested::default() };
        Source { kickstart: Some(text.clone()), suggested }
    } else if let Some(file) = &order.template {
        match of_template(file, offers).await? {
            Some(source) => source,
            None => {
                let why = format!("should be one of /api/v1/templates; there is no {file:?}");
                mistakes.push(Mistake::of("template", why));
                Source::default()
            }
        }
    } else if let Some(configuration) = order.configuration.clone() {
        let made = apart(move || generated(&configuration)).await?;
        match made {
            Ok(made) => {
                let says = Kickstart::parse(made.kickstart.as_str()).template();
                Source {
                    suggested: Suggested {
                        name: Some(made.file_name().to_owned()),
                        arch: made.architecture,
                        image_type: says.suggested_image_type,
                        kickstart_type: says.kickstart_type,
                        features: says.suggested_features.into_iter().collect(),
                        ..Suggested::default()
                    },
                    kickstart: Some(made.kickstart),
                }
            }
            Err(wrong) => {
                mistakes.extend(wrong.into_iter().map(|why| Mistake::of("configuration", why)));
                Source::default()
            }
        }
    } else {
        Source::default()
    };
    if let Some(text) = source.kickstart.clone() {
        mistakes.extend(apart(move || self::mistakes(&text)).await?);
    }
    Ok(source)
}

/// Checks a kickstart as it is checked before it is built.
pub fn checked(text: &[u8]) -> Vec<Diagnostic> {
    check_with(&Kickstart::parse(text), &Rules::default().include_allowed(false))
}

/// Says what is wrong with a kickstart, a mistake each: it would be refused before it is built.
pub(crate) fn mistakes(text: &str) -> Vec<Mistake> {
    let found = checked(text.as_bytes());
    let errors = found.iter().filter(|found| found.is_error()).take(MOST);
    errors
        .map(|found| {
            let help = found.help.as_ref().map(|help| format!(": {help}")).unwrap_or_default();
            Mistake::of(
                "kickstart",
                format!("line {}, column {}: {}{help}", found.line, found.column, found.message),
            )
        })
        .collect()
}

/// Makes the one kickstart that is meant.
pub(crate) fn generated(configuration: &Configuration) -> Result<Generated, Vec<String>> {
    let flavour =
        match configuration.flavour.as_deref().filter(|text| !text.is_empty()).map(str::parse::<Flavour>) {
            None => None,
            Some(Ok(flavour)) => Some(flavour),
            Some(Err(unknown)) => return Err(vec![unknown.to_string()]),
        };
    let yaml = |name: &str| name.ends_with(".yaml") || name.ends_with(".yml");
    let files = configuration.files.iter().filter(|file| yaml(&file.name));
    let files: Vec<Found> =
        files.map(|file| Found { name: file.name.clone(), text: file.text.clone().into_bytes() }).collect();
    if files.is_empty() {
        return Err(vec!["has no file whose name ends in .yaml".into()]);
    }
    let mut shelf = Given(&configuration.files);
    let wanted = Wanted { only: configuration.only.iter().cloned().collect(), flavour };
    let made = Kickstarter::read(&files, &mut shelf).and_then(|yaml| yaml.generate(&wanted, &mut shelf));
    let mut made = made.map_err(|mistakes| mistakes.0.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    match made.len() {
        1 => Ok(made.remove(0)),
        0 => Err(vec!["has no active configuration: name one by `only`".into()]),
        _ => {
            let names: Vec<_> = made.iter().map(|made| &*made.name).take(20).collect();
            Err(vec![format!("makes several kickstarts: choose one by `only`: {}", names.join(", "))])
        }
    }
}

/// The files that came with the request, and no others.
struct Given<'a>(&'a [ConfigurationFile]);

impl Shelf for Given<'_> {
    fn file(&mut self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let found = self.0.iter().find(|file| file.name == path);
        Ok(found.map(|file| file.text.clone().into_bytes()))
    }

    fn files(&mut self, folder: &str) -> Result<Vec<String>, String> {
        let begin = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = self.0.iter().filter_map(|file| file.name.strip_prefix(&begin));
        let names: Vec<String> = below.filter(|name| !name.contains('/')).map(str::to_owned).collect();
        if names.is_empty() { Err(format!("no file of {folder}/ came with the request")) } else { Ok(names) }
    }
}

async fn of_template(file: &str, offers: &dyn Offers) -> Result<Option<Source>, Problem> {
    let all = offers.templates().await.map_err(unreadable)?;
    let Some(offer) = all.into_iter().find(|offer| offer.file == file) else { return Ok(None) };
    let Some(text) = offers.template(file).await.map_err(unreadable)? else { return Ok(None) };
    let token = |name: &str, value: Option<String>| Some((name.to_owned(), value?));
    let tokens = [
        token("DEVICEMODEL", offer.device_model),
        token("DEVICEVARIANT", offer.device_variant),
        token("BRAND", offer.brand),
    ];
    let suggested = Suggested {
        name: file.strip_suffix(".ks").map(str::to_owned),
        image_type: offer.image_type,
        arch: offer.architecture,
        kickstart_type: offer.kickstart_type,
        features: offer.features.into_iter().collect(),
        tokens: tokens.into_iter().flatten().collect(),
    };
    Ok(Some(Source { kickstart: Some(text), suggested }))
}

/// Tells that what the site offers cannot be read.
#[expect(clippy::needless_pass_by_value, reason = "map_err gives it away")]
pub(crate) fn unreadable(error: SourceError) -> Problem {
    tracing::error!("{}", crate::problem::chain(&error));
    Problem::away("what the site offers cannot be read: its log says why")
}

/// Works on a thread that may take its time.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|died| Problem::ours(&died))
}
