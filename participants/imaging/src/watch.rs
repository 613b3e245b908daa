//! How a build and whoever waits for it talk.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

/// How far a build has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// What it does now, as `installing packages`.
    pub name: String,
    /// How much of this step is done, and of how much; `None` when nobody knows.
    pub done_of: Option<(u64, u64)>,
}

impl Step {
    /// Returns how many percent of it are done; `None` when nobody knows.
    pub fn percent(&self) -> Option<u64> {
        let (done, of) = self.done_of?;
        Some(u64::try_from(u128::from(done) * 100 / u128::from(of.max(1))).unwrap_or(100).min(100))
    }
}

/// Says a step as people read it: `installing packages 40 %`.
impl std::fmt::Display for Step {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.percent() {
            Some(percent) => write!(out, "{} {percent} %", self.name),
            None => write!(out, "{}", self.name),
        }
    }
}

/// Picks what is worth a line of all that is heard of steps: that one begins, and each tenth of it.
#[derive(Clone, Debug, Default)]
pub struct Milestones {
    at: Option<(String, u64)>,
}

impl Milestones {
    /// Tells whether this is news.
    pub fn passes(&mut self, step: &Step) -> bool {
        let tenths = step.percent().unwrap_or(0) / 10;
        let known = self.at.as_ref().is_some_and(|(name, before)| *name == step.name && tenths <= *before);
        if !known {
            self.at = Some((step.name.clone(), tenths));
        }
        !known
    }
}

/// Who waits for a build.
#[async_trait]
pub trait Watch: Send + Sync {
    /// Hears how far it has come; called often.
    fn step(&self, step: &Step);

    /// Fires when the build has to end now; it then leaves nothing running and nothing mounted within 5 s.
    fn stop(&self) -> CancellationToken;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_news_when_it_begins_and_at_each_tenth() {
        let mut milestones = Milestones::default();
        let mut heard = |name: &str, done_of| {
            let step = Step { name: name.into(), done_of };
            milestones.passes(&step).then(|| step.to_string())
        };
        for (name, done_of, said) in [
            ("planning", None, Some("planning")),
            ("planning", None, None),
            ("installing", Some((0, 14)), Some("installing 0 %")),
            ("installing", Some((1, 14)), None),
            ("installing", Some((2, 14)), Some("installing 14 %")),
            ("installing", Some((1, 14)), None),
            ("installing", Some((14, 14)), Some("installing 100 %")),
            ("writing", Some((u64::MAX, 3)), Some("writing 100 %")),
            ("packing", Some((0, 0)), Some("packing 0 %")),
        ] {
            assert_eq!(heard(name, done_of).as_deref(), said, "{name} {done_of:?}");
        }
    }
}
