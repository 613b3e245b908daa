//! Kickstarts made from YAML files of the store.

use imaging::{KickstartSource, SourceError};
use img_kickstart::Found as File;
use img_kickstart::kickstarter::{Kickstarter, Mistakes, Shelf, Wanted};
use participant_core::with_causes;

use crate::fields::Yaml;
use crate::refusal::Refusal;
use crate::store::{Found, of_store};

/// Reads what YAML files name from the same place as themselves.
#[derive(Clone, Copy)]
pub struct SourceShelf<'a>(pub &'a dyn KickstartSource);

impl std::fmt::Debug for SourceShelf<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SourceShelf")
    }
}

impl Shelf for SourceShelf<'_> {
    fn file(&mut self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match self.0.file(path) {
            Ok(text) => Ok(Some(text)),
            Err(SourceError::Missing { .. }) => Ok(None),
            Err(error) => Err(with_causes(&error)),
        }
    }

    fn files(&mut self, folder: &str) -> Result<Vec<String>, String> {
        self.0.files(folder).map_err(|error| with_causes(&error))
    }
}

/// Makes the one kickstart that is wanted.
pub(crate) fn generated(wish: &Yaml, store: &dyn KickstartSource) -> Result<Found, Refusal> {
    let files = wish.files.iter().map(|path| {
        let text = store.file(path).map_err(|error| Refusal::from(of_store(&error, "image.kickstarter")))?;
        Ok(File { name: path.clone(), text })
    });
    let files = files.collect::<Result<Vec<_>, Refusal>>()?;
    let mut shelf = SourceShelf(store);
    let yaml = Kickstarter::read(&files, &mut shelf).map_err(|mistakes| refusal(&mistakes))?;
    let name = match &wish.name {
        Some(name) => name.clone(),
        None => the_only_one(&yaml)?,
    };
    let wanted = Wanted { only: vec![name], flavour: wish.flavour };
    let made = yaml.generate(&wanted, &mut shelf).map_err(|mistakes| refusal(&mistakes))?;
    let made = made.into_iter().next().ok_or("image.kickstarter: no kickstart came of it")?;
    Ok(Found { name: Some(made.file_name().to_owned()), kickstart: made.kickstart })
}

fn the_only_one(yaml: &Kickstarter) -> Result<String, Refusal> {
    let active: Vec<&str> =
        yaml.configurations().filter(|(_, active)| *active).map(|(name, _)| name).collect();
    match active.as_slice() {
        [name] => Ok((*name).to_owned()),
        [] => Err("image.kickstarter.name does not say which configuration, and none is active".into()),
        names => {
            let names = names.iter().take(20).copied().collect::<Vec<_>>().join(", ");
            Err(format!("image.kickstarter.name does not say which configuration; there are {names}").into())
        }
    }
}

/// Each mistake is a sentence.
fn refusal(mistakes: &Mistakes) -> Refusal {
    Refusal(mistakes.0.iter().map(ToString::to_string).collect())
}
