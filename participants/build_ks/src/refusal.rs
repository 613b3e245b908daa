//! Why there is no kickstart, in sentences for the one who asked.

use participant_core::Outcome;

/// One sentence, or several about one file.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) Vec<String>);

impl From<String> for Refusal {
    fn from(sentence: String) -> Refusal {
        Refusal(vec![sentence])
    }
}

impl From<&str> for Refusal {
    fn from(sentence: &str) -> Refusal {
        Refusal::from(sentence.to_owned())
    }
}

impl Refusal {
    /// The first is the reason; all of them are told.
    pub(crate) fn outcome(&self) -> Outcome {
        let mut sentences = self.0.iter();
        let first = sentences.next().map_or("there is no kickstart", String::as_str);
        let outcome = Outcome::refuse().because(first).set("image.error", first);
        sentences.fold(outcome, Outcome::message)
    }
}
