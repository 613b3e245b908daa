//! The kickstarts and features of a site that people choose from.

mod features;

use std::path::Path;

use anyhow::{Context, Result};
use imaging::{Arch, Feature, ImageType, KickstartSource};
use img_kickstart::{Kickstart, Template, check};
use kickstart_dir::KickstartDir;

pub(crate) use self::features::features;

/// A kickstart to choose.
#[derive(Debug)]
pub(crate) struct Offer {
    /// Its file, in the folder of templates.
    pub(crate) file: String,
    /// What it says of itself.
    pub(crate) template: Template,
    /// Names of its tokens, each once.
    pub(crate) tokens: Vec<String>,
    /// What is wrong with it; it cannot be built as it is suggested.
    pub(crate) errors: Vec<String>,
}

/// Reads every `*.ks` of a folder; none of `features` means that nobody knows them.
pub(crate) fn templates(folder: &Path, features: Option<&[Feature]>) -> Result<Vec<Offer>> {
    let store = KickstartDir::at(folder);
    let names = store.files("").with_context(|| format!("cannot list {}", folder.display()))?;
    let names = names.into_iter().filter(|name| name.ends_with(".ks") && !name.starts_with('.'));
    let offers = names.map(|file| match store.file(&file) {
        Ok(text) => offer(file, text, features),
        Err(error) => {
            let errors = vec![format!("{:#}", anyhow::Error::from(error))];
            Offer { file, template: Template::default(), tokens: Vec::new(), errors }
        }
    });
    Ok(offers.collect())
}

fn offer(file: String, text: Vec<u8>, features: Option<&[Feature]>) -> Offer {
    let ks = Kickstart::parse(text);
    let template = ks.template();
    let found = check(&ks).into_iter().filter(img_kickstart::Diagnostic::is_error);
    let mut errors: Vec<String> = found.map(|found| found.one_line(&file)).collect();
    let mut header = |name: &str, wrong: String| errors.push(format!("{file}: error: {name}: {wrong}"));
    if let Some(Err(wrong)) = template.suggested_architecture.as_deref().map(str::parse::<Arch>) {
        header("SuggestedArchitecture", wrong.0);
    }
    if let Some(Err(wrong)) = template.suggested_image_type.as_deref().map(str::parse::<ImageType>) {
        header("SuggestedImageType", wrong.0);
    }
    for name in features.map(|_| &template.suggested_features).into_iter().flatten() {
        if !features.unwrap_or_default().iter().any(|feature| feature.name == *name) {
            header("SuggestedFeatures", format!("there is no feature `{name}`"));
        }
    }
    let mut tokens: Vec<String> = ks.tokens().into_iter().map(|token| token.name).collect();
    tokens.sort();
    tokens.dedup();
    Offer { file, template, tokens, errors }
}
