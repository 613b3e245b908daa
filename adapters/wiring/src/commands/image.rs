//! `img image`: what an image is, and whether it is whole.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use cli::{
    ImageAnswer, ImageCommand, ImageFileArguments, ImageInfoArguments, VerifyAnswer, VerifyFault, VerifyLayer,
};
use image_format::{Fault, Image, Layer, Refused, Report, recognise, verify};

/// OpenGnsys's number for an image that it cannot make a line of.
const NO_IMAGE: u8 = 5;

/// Does what was asked for and returns the exit status.
pub(crate) fn image(command: &ImageCommand) -> u8 {
    match command {
        ImageCommand::Info(arguments) => info(arguments),
        ImageCommand::Verify(arguments) => whole(arguments),
    }
}

fn info(arguments: &ImageInfoArguments) -> u8 {
    let file = &arguments.image.file;
    let told = open(file).and_then(|(bytes, length)| recognise(bytes, length));
    let answer = match &told {
        Ok(image) if arguments.compat => compat(file, image),
        Ok(image) => known(file, image),
        Err(refused) => unknown(file, refused),
    };
    answer.print(arguments.image.json)
}

fn whole(arguments: &ImageFileArguments) -> u8 {
    let file = &arguments.file;
    let answer = match open(file).and_then(|(bytes, length)| verify(bytes, length)) {
        Ok(report) => verified(file, report),
        Err(refused) => VerifyAnswer { image: unknown(file, &refused), ..VerifyAnswer::default() },
    };
    answer.print(arguments.json)
}

/// The bytes of a file or of the standard input, and how many there are where that is known.
fn open(file: &Path) -> Result<(Box<dyn Read>, Option<u64>), Refused> {
    if file == Path::new("-") {
        return Ok((Box::new(io::stdin().lock()), None));
    }
    let file = File::open(file).map_err(Refused::Read)?;
    let about = file.metadata().map_err(Refused::Read)?;
    Ok((Box::new(file), about.is_file().then_some(about.len())))
}

fn known(file: &Path, image: &Image) -> ImageAnswer {
    ImageAnswer {
        file: file.to_owned(),
        tool: Some(image.tool.name()),
        version: image.version.clone(),
        compressor: Some(image.compressor.name()),
        filesystem: image.filesystem.map(image_format::FileSystem::name),
        restore_bytes: image.restore_bytes,
        device_bytes: image.device_bytes,
        restorable: image.restorable(),
        obstacle: image.obstacle.as_ref().map(ToString::to_string),
        line: Some(image.line().to_string()),
        ..ImageAnswer::default()
    }
}

fn compat(file: &Path, image: &Image) -> ImageAnswer {
    match image.compat_line() {
        Some(line) => ImageAnswer { line: Some(line.to_string()), ..known(file, image) },
        None => ImageAnswer {
            file: file.to_owned(),
            error: Some(format!("ogGetImageInfo has no line for what is {}", image.line())),
            opengnsys_error: Some(NO_IMAGE),
            ..ImageAnswer::default()
        },
    }
}

fn unknown(file: &Path, refused: &Refused) -> ImageAnswer {
    let cause = std::error::Error::source(refused).map_or(String::new(), |cause| format!(": {cause}"));
    ImageAnswer {
        file: file.to_owned(),
        error: Some(format!("{refused}{cause}")),
        opengnsys_error: Some(refused.opengnsys()),
        ..ImageAnswer::default()
    }
}

fn verified(file: &Path, report: Report) -> VerifyAnswer {
    let layer = |Layer { name, checksum, covers, held }| VerifyLayer { name, checksum, covers, held };
    let mut image = known(file, &report.image);
    if let Some(fault) = &report.fault {
        (image.error, image.opengnsys_error) = (Some(fault.to_string()), Some(Fault::OPENGNSYS));
        image.restorable = false;
    }
    VerifyAnswer {
        image,
        whole: report.whole(),
        read_bytes: report.read.file,
        image_bytes: report.read.image,
        fault: report.fault.map(|Fault { at, why }| VerifyFault {
            file_byte: at.file,
            image_byte: at.image,
            why,
        }),
        layers: report.layers.into_iter().map(layer).collect(),
    }
}
