//! What holds for every text that is read as a kickstarter's YAML.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use img_kickstart::kickstarter::{Flavour, Generated, Kickstarter, Mistakes, Shelf, Wanted};
use img_kickstart::{Diagnostic, Found, Kickstart, check};

/// A few files that settings may name, and a folder of YAML.
struct Few;

impl Shelf for Few {
    fn file(&mut self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(match path {
            "part" => Some(b"part / --size=9\n".to_vec()),
            "d/b.yaml" => Some(b"B: { Language: x, Groups: [b] }\n".to_vec()),
            _ if path.ends_with("script") => Some(b"echo script\n".to_vec()),
            _ => None,
        })
    }

    fn files(&mut self, folder: &str) -> Result<Vec<String>, String> {
        if folder == "d" { Ok(vec!["b.yaml".into()]) } else { Err("there is no such folder".into()) }
    }
}

fn made(text: &[u8]) -> Result<(Vec<Generated>, Vec<String>), Mistakes> {
    let file = Found { name: "c.yaml".into(), text: text.to_vec() };
    let read = Kickstarter::read(&[file], &mut Few)?;
    let warnings = read.warnings().iter().map(ToString::to_string).collect();
    let wanted = Wanted { only: Vec::new(), flavour: Some(Flavour::Rnd) };
    Ok((read.generate(&wanted, &mut Few)?, warnings))
}

/// Panics unless all laws hold; returns a number that stands for what happened.
pub(super) fn hold(text: &[u8]) -> u64 {
    let mut happened: BTreeSet<String> = BTreeSet::new();
    match made(text) {
        Err(mistakes) => {
            let said = mistakes.to_string();
            assert!(!said.is_empty() && !said.contains(['\u{1b}', '\u{7}', '\0']), "{said:?}");
            assert_eq!(made(text).unwrap_err().to_string(), said, "it is wrong in the same way again");
            // which mistakes there are, wherever they are and whatever they are about
            let words = said.lines().filter_map(|line| line.split(": ").nth(1));
            happened.extend(
                words.map(|words| words.chars().filter(|sign| !sign.is_ascii_digit()).take(30).collect()),
            );
        }
        Ok((all, warnings)) => {
            assert_eq!(made(text).unwrap().0, all, "the same input, the same bytes");
            let paths: BTreeSet<&str> = all.iter().map(|one| one.path.as_str()).collect();
            assert_eq!(paths.len(), all.len(), "each has a file of its own");
            for one in &all {
                let parts: Vec<_> = one.path.split('/').collect();
                assert!(parts.iter().all(|part| !part.is_empty() && !part.starts_with('.')), "{}", one.path);
                assert!(parts.len() < 2 || !paths.contains(parts[0]), "{} is a folder and a file", parts[0]);
                let kickstart = Kickstart::parse(one.kickstart.as_str());
                let errors: Vec<_> = check(&kickstart).into_iter().filter(Diagnostic::is_error).collect();
                assert!(errors.is_empty(), "{errors:?}\n{}", one.kickstart);
                happened.extend(
                    kickstart.to_text().lines().filter_map(|line| line.split(' ').next()).map(str::to_owned),
                );
            }
            happened.insert(format!("{} made, warned {}", all.len().min(4), warnings.len().min(4)));
        }
    }
    let mut hasher = DefaultHasher::new();
    happened.hash(&mut hasher);
    hasher.finish()
}
