//! How far a job has come, and what may follow what.

use crate::NotAWord;

/// The state of an image job.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JobStatus {
    /// Recorded; nobody works on it yet.
    InQueue,
    /// An image is being made.
    Building,
    /// The image is there.
    Done,
    /// There is no image; the job says why.
    Error,
    /// The image is there, and is being tested.
    Testing,
    /// The image was tested; the job says how it did.
    Tested,
    /// The image is there, and becomes a disk for VirtualBox.
    MakingVdi,
    /// There is a disk for VirtualBox.
    ConvertedToVdi,
    /// The image is there, and a post-process of the site said something of it.
    After(SiteStatus),
}

/// What a post-process of a site calls the state of a finished image, as `DONE, Signed`.
///
/// Invariant: `DONE, ` and 1 to 60 more characters, none of them a control character; none of IMG's own texts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SiteStatus(String);

/// The states every site has, with their texts.
const TEXTS: [(JobStatus, &str); 8] = [
    (JobStatus::InQueue, "IN QUEUE"),
    (JobStatus::Building, "BUILDING"),
    (JobStatus::Done, "DONE"),
    (JobStatus::Error, "ERROR"),
    (JobStatus::Testing, "DONE, TESTING"),
    (JobStatus::Tested, "DONE, TESTED"),
    (JobStatus::MakingVdi, "DONE, making VDI"),
    (JobStatus::ConvertedToVdi, "DONE, Converted to VDI"),
];

/// What begins the text of every state of a finished image but the first.
const AFTER: &str = "DONE, ";

impl JobStatus {
    /// Returns the states every site has.
    pub fn all() -> impl Iterator<Item = JobStatus> {
        TEXTS.into_iter().map(|(status, _)| status)
    }

    /// Returns the text that stands in workitems and in the database.
    pub fn as_str(&self) -> &str {
        match self {
            JobStatus::After(site) => &site.0,
            own => TEXTS.iter().find(|(status, _)| status == own).map_or("", |(_, text)| text),
        }
    }

    /// Tells whether the build is over, one way or the other.
    pub fn is_final(&self) -> bool {
        !matches!(self, JobStatus::InQueue | JobStatus::Building)
    }

    /// Tells whether there is an image.
    pub fn has_image(&self) -> bool {
        self.is_final() && *self != JobStatus::Error
    }

    /// Tells whether somebody works on the job, or should: it may not stay so for ever.
    pub fn is_underway(&self) -> bool {
        use JobStatus::{Building, InQueue, MakingVdi, Testing};
        matches!(self, InQueue | Building | Testing | MakingVdi)
    }

    /// Tells whether one try at a job may go from this state to that one.
    ///
    /// | from | to |
    /// |---|---|
    /// | IN QUEUE | BUILDING, DONE, ERROR |
    /// | BUILDING | DONE, ERROR |
    /// | DONE | what post-processes say |
    /// | `DONE, TESTING`, `DONE, making VDI` | DONE, ERROR, what post-processes say |
    /// | other states after DONE | what post-processes say |
    /// | ERROR | nothing |
    ///
    /// Messages may overtake each other, so a state may be skipped, never taken back: a late BUILDING changes
    /// nothing. A newer try begins at BUILDING whatever the older one came to.
    pub fn may_become(&self, next: &JobStatus) -> bool {
        use JobStatus::{Building, Done, Error, InQueue, MakingVdi, Testing};
        match (self, next) {
            (InQueue, Building | Done | Error) | (Building, Done | Error) => true,
            (Testing | MakingVdi, Done | Error) => true,
            (from, to) => from.has_image() && to.is_after_done() && from != to,
        }
    }

    /// Tells whether post-processes say so, of an image that is there.
    pub fn is_after_done(&self) -> bool {
        self.has_image() && *self != JobStatus::Done
    }
}

impl std::str::FromStr for JobStatus {
    type Err = NotAWord;

    fn from_str(text: &str) -> Result<JobStatus, NotAWord> {
        if let Some((status, _)) = TEXTS.iter().find(|(_, known)| *known == text) {
            return Ok(status.clone());
        }
        let of_site = text.strip_prefix(AFTER).is_some_and(|rest| {
            (1..=60).contains(&rest.chars().count())
                && !rest.trim().is_empty()
                && !rest.contains(char::is_control)
        });
        if of_site {
            return Ok(JobStatus::After(SiteStatus(text.to_owned())));
        }
        let known: Vec<_> = TEXTS.iter().map(|(_, text)| format!("`{text}`")).collect();
        Err(NotAWord(format!(
            "no job status `{text}`; there are {}, and of a site's own what begins with `{AFTER}`",
            known.join(", ")
        )))
    }
}

impl std::fmt::Display for JobStatus {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

impl serde::Serialize for JobStatus {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for JobStatus {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<JobStatus, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::JobStatus;

    #[test]
    fn texts_come_back_as_they_were() {
        for status in JobStatus::all() {
            assert_eq!(status.as_str().parse::<JobStatus>(), Ok(status));
        }
        let of_site: JobStatus = "DONE, Signed".parse().unwrap();
        assert_eq!(of_site.to_string(), "DONE, Signed");
        for nonsense in
            ["", "done", "DONE,", "DONE, ", "DONE, \n", "ALMOST", &format!("DONE, {}", "x".repeat(61))]
        {
            assert!(nonsense.parse::<JobStatus>().is_err(), "{nonsense:?}");
        }
    }

    #[test]
    fn every_step_is_in_the_table_or_forbidden() {
        let names = [
            "IN QUEUE",
            "BUILDING",
            "DONE",
            "ERROR",
            "DONE, TESTING",
            "DONE, TESTED",
            "DONE, making VDI",
            "DONE, Converted to VDI",
            "DONE, Signed",
        ];
        // a column for each of the names: y where the row may become it
        let table = [
            ("IN QUEUE", ".yyy....."),
            ("BUILDING", "..yy....."),
            ("DONE", "....yyyyy"),
            ("ERROR", "........."),
            ("DONE, TESTING", "..yy.yyyy"),
            ("DONE, TESTED", "....y.yyy"),
            ("DONE, making VDI", "..yyyy.yy"),
            ("DONE, Converted to VDI", "....yyy.y"),
            ("DONE, Signed", "....yyyy."),
        ];
        for (from, row) in table {
            let from: JobStatus = from.parse().unwrap();
            let may: String = names
                .iter()
                .map(|to| if from.may_become(&to.parse().unwrap()) { 'y' } else { '.' })
                .collect();
            assert_eq!(may, row, "{from}");
        }
    }
}
