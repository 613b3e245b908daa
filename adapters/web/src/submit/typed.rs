//! What stands in the form.

use std::collections::{BTreeMap, BTreeSet};

use imaging::{ExtraRepo, NewJob};
use rest::{Configuration, ConfigurationFile, Mistake, Order, Repo};

use super::fields::Fields;
use super::projects::{self, Project};
use super::shop::Shop;
use crate::job::tag_texts;

/// What stands in the form: as it begins, or as somebody typed it.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// Which form it is: one that is sent twice asks once.
    pub(super) key: String,
    pub(super) name: String,
    pub(super) image_type: String,
    pub(super) arch: String,
    pub(super) kickstart: String,
    /// By their names; what is not here is as usual.
    pub(super) tokens: BTreeMap<String, String>,
    /// Other tokens, as `NAME: VALUE` each.
    pub(super) more_tokens: String,
    pub(super) features: BTreeSet<String>,
    pub(super) packages: String,
    pub(super) repos: String,
    pub(super) projects: Vec<Project>,
    pub(super) tags: String,
    pub(super) pinned: bool,
    pub(super) processes: BTreeSet<String>,
    pub(super) arguments: BTreeMap<String, String>,
    pub(super) email: String,
    pub(super) release: String,
    pub(super) only: String,
    /// Whether there were YAML files, which no form can bring back.
    pub(super) had_files: bool,
}

fn new_key() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

impl Typed {
    /// Returns how a form begins: with what the template suggests.
    pub(super) fn first(shop: &Shop) -> Typed {
        let template = shop.template.as_ref();
        let said = |value: fn(&imaging::TemplateOffer) -> Option<String>| {
            template.and_then(value).unwrap_or_default()
        };
        Typed {
            key: new_key(),
            name: said(|offer| offer.file.strip_suffix(".ks").map(str::to_owned)),
            image_type: said(|offer| offer.image_type.clone()),
            arch: said(|offer| offer.architecture.clone()),
            features: template.map(|offer| offer.features.iter().cloned().collect()).unwrap_or_default(),
            processes: shop.processes.iter().filter(|one| one.default).map(|one| one.name.clone()).collect(),
            ..Typed::default()
        }
    }

    /// Returns the form of a job that is asked for again.
    pub(super) fn of_job(job: &NewJob, shop: &Shop) -> Typed {
        let (known, others): (BTreeMap<_, _>, BTreeMap<_, _>) = rest::tokens(job)
            .into_iter()
            .partition(|(name, _)| shop.tokens.iter().any(|token| token.name == *name));
        let repo = |repo: &ExtraRepo| match repo {
            ExtraRepo::Address(url) => url.clone(),
            ExtraRepo::Named { name, url } => format!("{name} {url}"),
        };
        let tags: Vec<_> = job.tags.iter().map(ToString::to_string).collect();
        Typed {
            key: new_key(),
            name: job.name.clone(),
            image_type: job.image_type.clone(),
            arch: job.arch.clone(),
            kickstart: job.kickstart.clone(),
            tokens: known,
            more_tokens: others
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect::<Vec<_>>()
                .join("\n"),
            packages: job.overlay.join("\n"),
            repos: job.extra_repos.iter().map(repo).collect::<Vec<_>>().join("\n"),
            tags: tags.join(", "),
            processes: job.post_processes.clone(),
            arguments: job.pp_args.clone(),
            email: job.email.clone(),
            release: job.release.clone(),
            ..Typed::default()
        }
    }

    /// Reads what was sent. A file counts instead of the text beside it, and stands there from then on.
    pub(super) fn read(fields: &Fields, shop: &Shop) -> Typed {
        let text = |field: &str| fields.text(field).trim().to_owned();
        let file = fields.files("file").next().map(|sent| sent.text.clone());
        let given: BTreeMap<_, _> =
            fields.below("token.").map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
        let tokens = given
            .into_iter()
            .filter(|(name, _)| shop.tokens.iter().any(|token| token.name == *name))
            .collect();
        let key = text("key");
        Typed {
            key: if key.is_empty() || key.len() > 64 { new_key() } else { key },
            name: text("name"),
            image_type: text("image_type"),
            arch: text("arch"),
            kickstart: file.unwrap_or_else(|| fields.text("kickstart").to_owned()),
            tokens,
            more_tokens: text("more_tokens"),
            features: fields.all("feature").map(str::to_owned).collect(),
            packages: text("packages"),
            repos: text("repos"),
            projects: projects::read(fields),
            tags: text("tags"),
            pinned: !fields.text("pinned").is_empty(),
            processes: fields.all("process").map(str::to_owned).collect(),
            arguments: fields
                .below("argument.")
                .filter(|(_, value)| !value.trim().is_empty())
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                .collect(),
            email: text("email"),
            release: text("release"),
            only: text("only"),
            had_files: fields.files("configuration").next().is_some()
                || fields.wrong.iter().any(|mistake| mistake.field == "configuration"),
        }
    }

    /// Makes an order of it, and says what of it cannot be part of one.
    pub(super) fn order(&self, fields: &Fields, shop: &Shop, is_new: bool) -> (Order, Vec<Mistake>) {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let mut mistakes = fields.wrong.clone();
        let template = fields.text("template");
        if shop.template.is_none() && !template.is_empty() && is_new {
            let why = format!("should be another: there is no template {template} any more");
            mistakes.push(Mistake { field: "template".into(), why });
        }
        let files: Vec<ConfigurationFile> = fields
            .files("configuration")
            .map(|sent| ConfigurationFile { name: sent.name.clone(), text: sent.text.clone() })
            .collect();
        let configuration =
            (!files.is_empty()).then(|| Configuration { files, only: some(&self.only), flavour: None });
        let kickstart = Some(self.kickstart.clone()).filter(|text| !text.trim().is_empty());
        let order = Order {
            // one that is new may take what its template or configuration suggests
            name: some(&self.name),
            image_type: some(&self.image_type),
            arch: some(&self.arch),
            template: shop.template.as_ref().map(|offer| offer.file.clone()),
            kickstart,
            configuration,
            queue: None,
            tokens: Some(self.said_tokens(shop, &mut mistakes)),
            features: Some(self.features.clone()),
            packages: Some(words(&self.packages).collect()),
            extra_repos: Some(self.said_repos(shop, &mut mistakes)),
            extra_opts: None,
            post_processes: Some(self.processes.clone()),
            post_process_arguments: Some(self.arguments.clone()),
            release: Some(self.release.clone()),
            devicegroup: None,
            email: Some(self.email.clone()),
            tags: Some(tag_texts(&self.tags).map(str::to_owned).collect()),
            pinned: Some(self.pinned),
        };
        (order, mistakes)
    }

    /// Returns the repositories: those with an address, and those of projects.
    fn said_repos(&self, shop: &Shop, mistakes: &mut Vec<Mistake>) -> Vec<Repo> {
        let lines = self.repos.lines().map(str::trim).filter(|line| !line.is_empty()).map(repo);
        let projects = self.projects.iter().map(|project| projects::address(project, shop));
        let mut said = Vec::new();
        for repo in lines.chain(projects) {
            match repo {
                Ok(repo) => said.push(repo),
                Err(why) => mistakes.push(Mistake { field: "extra_repos".into(), why }),
            }
        }
        said
    }

    /// Returns the tokens that are not as usual.
    fn said_tokens(&self, shop: &Shop, mistakes: &mut Vec<Mistake>) -> BTreeMap<String, String> {
        let usual =
            |name: &str| shop.tokens.iter().find(|token| token.name == name).map(|token| &token.usual);
        let mut said: BTreeMap<String, String> = self.tokens.clone();
        said.retain(|name, value| usual(name) != Some(value));
        for line in self.more_tokens.split(['\n', ',']).map(str::trim).filter(|line| !line.is_empty()) {
            match line.split_once(':') {
                Some((name, value)) => drop(said.insert(name.trim().to_owned(), value.trim().to_owned())),
                None => mistakes.push(Mistake {
                    field: "tokens".into(),
                    why: format!("should be one `NAME: VALUE` a line; `{line}` has no colon"),
                }),
            }
        }
        said
    }
}

/// Splits at commas and blanks.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty()).map(str::to_owned)
}

/// Reads a repository: an address, or a name and an address.
fn repo(line: &str) -> Result<Repo, String> {
    let parts: Vec<_> = line.split_whitespace().collect();
    match parts[..] {
        [url] => Ok(Repo::Address(url.to_owned())),
        [name, url] => Ok(Repo::Named { name: name.to_owned(), url: url.to_owned() }),
        _ => Err(format!("should be an address a line, with a name before it if you like; `{line}` is more")),
    }
}
