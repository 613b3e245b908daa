//! Generating, checking, editing and printing never disagree, whatever the settings are.

use std::fmt::Write;

use img_kickstart::kickstarter::{Generated, Wanted};
use img_kickstart::{Diagnostic, Kickstart, check};
use proptest::prelude::*;

use crate::shelf::{Memory, make};

/// Texts people write, and some they should not.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z][a-z0-9_.+-]{0,8}", "[ -~]{1,12}", "[a-zé\u{4e00}\"'#\\\\@%=]{1,6}"]
}

/// A configuration in JSON, which is YAML; every text is quoted, so that only the kickstart can be wrong.
#[derive(Clone, Debug)]
struct Settings {
    scalars: Vec<(&'static str, String)>,
    groups: Vec<String>,
    packages: Vec<String>,
    removed: Vec<String>,
    script: Vec<String>,
}

fn settings() -> impl Strategy<Value = Settings> {
    let names = [
        "Language",
        "Keyboard",
        "Timezone",
        "RootPass",
        "Desktop",
        "Session",
        "DefaultUser",
        "DefaultUserPass",
        "BootloaderAppend",
        "Architecture",
        "Baseline",
        "FileSystem",
        "Kernel",
        "Mic2Options",
    ];
    let scalars = prop::collection::vec((prop::sample::select(names.to_vec()), text()), 0..8);
    let list = || prop::collection::vec(text(), 0..5);
    (scalars, list(), list(), list(), prop::collection::vec("[ -~]{0,20}", 0..4)).prop_map(
        |(scalars, groups, packages, removed, script)| Settings {
            scalars,
            groups,
            packages,
            removed,
            script,
        },
    )
}

impl Settings {
    fn yaml(&self) -> String {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let list = |list: &[String]| list.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
        let mut text = "Configurations:\n  - Name: x\n    PostScripts: [script]\n    Repos: [r]\n".to_owned();
        let mut seen = Vec::new();
        for (name, value) in &self.scalars {
            if !seen.contains(name) {
                writeln!(text, "    {name}: {}", quoted(value)).unwrap();
                seen.push(*name);
            }
        }
        for (name, items) in
            [("Groups", &self.groups), ("ExtraPackages", &self.packages), ("RemovePackages", &self.removed)]
        {
            writeln!(text, "    {name}: [{}]", list(items)).unwrap();
        }
        text.push_str("Repositories: [{ Name: r, Url: \"http://r.example/@ARCH@/@RELEASE@/\" }]\n");
        text
    }

    /// Tells whether something is asked for and left out, or may be: then the order counts.
    fn contradicts_itself(&self) -> bool {
        let is_both = |name: &String| self.packages.contains(name) || name.starts_with('@');
        let is_sign = |name: &String| name.starts_with(['-', '@']);
        let kernel = self.scalars.iter().filter(|(name, _)| *name == "Kernel").map(|(_, value)| value);
        self.removed.iter().any(is_both)
            || self.packages.iter().chain(kernel.clone()).any(is_sign)
            || kernel.clone().any(|kernel| self.removed.contains(kernel))
    }

    fn make(&self) -> Option<Generated> {
        let script: String = self.script.iter().map(|line| format!("{line}\n")).collect();
        let mut shelf = Memory::of(&[("script", &script)]);
        make(&self.yaml(), &Wanted::default(), &mut shelf).ok()?.pop()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn what_is_generated_is_sound_and_means_what_was_asked(settings in settings()) {
        let Some(made) = settings.make() else { return Ok(()) };
        prop_assert_eq!(settings.make(), Some(made.clone()), "the same input, the same bytes");

        let ks = Kickstart::parse(made.kickstart.as_str());
        let errors: Vec<_> = check(&ks).into_iter().filter(Diagnostic::is_error).collect();
        prop_assert!(errors.is_empty(), "{errors:?}");
        prop_assert_eq!(ks.to_string(), made.kickstart.as_str(), "printing changes nothing");
        let formatted = ks.formatted();
        prop_assert!(ks.differences(&formatted).is_empty(), "the canonical form means the same");
        prop_assert_eq!(ks.repos().len(), 1);
        prop_assert_eq!(ks.scripts().len(), 1, "no text opens a script of its own");

        if settings.contradicts_itself() {
            return Ok(());
        }
        let mut edited = ks.clone();
        edited.add_packages(&made.packages.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        edited.add_groups(&made.groups.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        prop_assert_eq!(edited.to_string(), ks.to_string(), "what was asked for is there already");
    }
}

#[test]
fn most_of_the_texts_come_out_as_kickstarts() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let made =
        (0..400).filter(|_| settings().new_tree(&mut runner).unwrap().current().make().is_some()).count();
    assert!(made > 60, "the law above looks at {made} of 400");
}
