//! What image-format says, in the words of a repository.

use image_format::{Image, Layer, Obstacle, Refused, Report};
use imaging::{ImageKind, OpenGnsysError, Recognised, RepositoryError};

/// What an image is.
pub(crate) fn recognised(image: &Image) -> Recognised {
    Recognised {
        tool: image.tool.name().to_owned(),
        compressor: image.compressor.name().to_owned(),
        filesystem: image.filesystem.map_or("", image_format::FileSystem::name).to_owned(),
        restore_bytes: image.restore_bytes,
        obstacle: image.obstacle.as_ref().map(ToString::to_string),
    }
}

/// What its file is called after: a disk is one by its partition table.
pub(crate) fn kind(image: &Image) -> ImageKind {
    match image.filesystem {
        Some(image_format::FileSystem::Mbr | image_format::FileSystem::Gpt) => ImageKind::Dsk,
        _ => ImageKind::Img,
    }
}

/// What is to be said of an image that was read to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) recognised: Option<Recognised>,
    /// A line for each kind of checksum.
    pub(crate) held: Vec<String>,
    /// What a person should know.
    pub(crate) warnings: Vec<String>,
    /// Why it is no image, or a broken one.
    pub(crate) fault: Option<String>,
    /// Whether it is only that nobody knows what it is.
    pub(crate) is_unknown: bool,
}

pub(crate) fn checked(told: Result<Report, Refused>) -> Checked {
    let report = match told {
        Ok(report) => report,
        Err(refused) => {
            let is_unknown = is_unknown(&refused);
            return Checked { fault: Some(sentence(&refused)), is_unknown, ..Checked::default() };
        }
    };
    let line = |Layer { name, checksum, covers, held }: &Layer| match checksum {
        Some(checksum) => format!("{name}: {checksum} ({covers}): {held} right"),
        None => format!("{name}: not covered ({covers})"),
    };
    let held = report.layers.iter().map(line).collect();
    let mut warnings = Vec::new();
    if report.layers.iter().all(|layer| layer.checksum.is_none()) {
        warnings.push(
            "it has no checksum of its own: only its sums here will tell whether it stays whole".into(),
        );
    }
    let fault = report.fault.as_ref().map(ToString::to_string).or_else(|| match &report.image.obstacle {
        Some(obstacle @ (Obstacle::Volume(_) | Obstacle::Cut { .. })) => Some(obstacle.to_string()),
        Some(obstacle) => {
            warnings.push(obstacle.to_string());
            None
        }
        None => None,
    });
    Checked { recognised: Some(recognised(&report.image)), held, warnings, fault, is_unknown: false }
}

/// Whether a file may be an image of a tool that nobody here knows.
pub(crate) fn is_unknown(refused: &Refused) -> bool {
    matches!(refused, Refused::Unknown | Refused::Unsupported { .. })
}

pub(crate) fn refuse(refused: &Refused) -> RepositoryError {
    let number =
        if matches!(refused, Refused::Read(_)) { OpenGnsysError::NotFound } else { OpenGnsysError::Image };
    RepositoryError::refused(number, sentence(refused))
}

fn sentence(refused: &Refused) -> String {
    let cause = std::error::Error::source(refused).map_or(String::new(), |cause| format!(": {cause}"));
    format!("{refused}{cause}")
}
