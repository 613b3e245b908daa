//! The program of whoever runs this machine that sees each image before anybody else does.

use std::path::PathBuf;

use child::Shown;
use imaging::BuildRequest;

use crate::halt::Halt;
use crate::plan::Program;
use crate::report;
use crate::steps::publish::{self, Finished, OUT};
use crate::steps::scripts::surroundings;
use crate::workshop::Workshop;

/// Ends a build that could not run its program at the end.
pub(crate) fn check(request: &BuildRequest) -> Result<(), Halt> {
    found(request).map(|_| ())
}

/// Runs the program where `%pack` scripts run, in their environment and that of the image; sees it at its own path,
/// and cannot change it.
pub(crate) async fn run(shop: &Workshop<'_>, files: &[Finished]) -> Result<(), Halt> {
    let Some(program) = found(shop.request)? else { return Ok(()) };
    let image = publish::image(shop, files)?;
    let file = match files.iter().find(|finished| finished.folder && finished.name == image) {
        Some(folder) => folder.file.clone(),
        None => shop.work.join(OUT).join(image),
    };
    let title = format!("running post_creation ({})", program.display());
    shop.step(&title, None);
    let like_pack = Program {
        section: "%pack",
        line: 0,
        interpreter: Vec::new(),
        chrooted: false,
        sees_image: false,
        fatal: true,
        log: None,
        text: String::new(),
    };
    let mut task = surroundings(shop, &like_pack, shop.of_others(shop.task([&program])))
        .env("IMG_IMAGE_FILE", file)
        .env("IMG_IMAGE_TYPE", shop.request.image_type.as_str())
        .env("IMG_ARCH", shop.request.arch.as_str());
    task.sight.reads.push(Shown::here(&program));
    let said = shop.run(&task, &|_| {}).await?;
    if said.ended.well() {
        return Ok(());
    }
    if report::is_full(&said.ended.tail) {
        return Err(shop.full(None));
    }
    Err(Halt::Failed(format!(
        "post_creation ({}) failed with {}; the log says what it printed",
        program.display(),
        said.ended.status
    )))
}

/// Finds the program, with every link on the way to it followed.
fn found(request: &BuildRequest) -> Result<Option<PathBuf>, Halt> {
    let Some(program) = &request.post_creation else { return Ok(None) };
    let cannot = |why: String| {
        Halt::failed(format!(
            "post_creation ({}) cannot be run: {why}; `img config check` tells more",
            program.display()
        ))
    };
    let real = program.canonicalize().map_err(|error| cannot(error.to_string()))?;
    if real.is_file() { Ok(Some(real)) } else { Err(cannot("it is no file".into())) }
}
