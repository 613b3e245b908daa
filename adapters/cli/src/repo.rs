//! What there is in a repository of images, for a person and as JSON.

use imaging::{Incorporated, RepositoryError, RepositoryImage, Tended, Verified};
use serde_json::{Value, json};

use crate::table;
use crate::terminal::{result, say, visible};
use crate::transfer::size;

/// An image as JSON. Its path is lossless in `address`, where every odd byte is `%XX`.
pub fn repository_image(image: &RepositoryImage) -> Value {
    let known = image.recognised.as_ref();
    json!({
        "image": image.path.to_string(),
        "address": image.path.address(),
        "unit": image.path.folder().map(|unit| unit.to_string_lossy()),
        "name": image.path.canonical_name().map(|name| name.to_string()),
        "kind": image.path.kind().ending(),
        "state": image.state.word(),
        "detail": Some(image.state.detail()).filter(|detail| !detail.is_empty()),
        "size": image.size,
        "changed_ms": image.changed_ms,
        "tool": known.map(|known| &known.tool),
        "compressor": known.map(|known| &known.compressor),
        "filesystem": known.map(|known| &known.filesystem),
        "restore_bytes": known.and_then(|known| known.restore_bytes),
        "obstacle": known.and_then(|known| known.obstacle.as_ref()),
        "client": image.client_name,
        "sum": image.sums.as_ref().map(|sums| &sums.tail_md5),
        "full_sum": image.sums.as_ref().map(|sums| &sums.full_md5),
        "info_hash": image.info_hash.map(|hash| hash.to_string()),
        "backup": image.has_backup,
        "registration": image.registration,
    })
}

/// Prints all images of a repository.
pub fn print_repository(images: &[RepositoryImage], json: bool) {
    if json {
        let images: Vec<_> = images.iter().map(repository_image).collect();
        return result(format_args!("{:#}", json!({ "images": images })));
    }
    if images.is_empty() {
        return result("no images");
    }
    let row = |image: &RepositoryImage| {
        let known = image.recognised.as_ref();
        let what = known.map(|known| format!("{} {} {}", known.tool, known.compressor, known.filesystem));
        vec![
            image.path.to_string(),
            image.state.word().to_owned(),
            if image.size > 0 { size(image.size) } else { String::new() },
            what.map(|what| what.trim().to_owned()).unwrap_or_default(),
            if image.has_backup { "yes".into() } else { String::new() },
            image.registration.as_ref().map(|noted| noted.title.to_string()).unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = images.iter().map(row).collect();
    table::print(&["IMAGE", "STATE", "SIZE", "WHAT", "BACKUP", "TITLE"], &rows);
    for image in images.iter().filter(|image| !image.state.detail().is_empty()) {
        say(format_args!("img: {}: {}", image.path, visible(image.state.detail())));
    }
}

/// Prints all that is known of an image.
pub fn print_repository_image(image: &RepositoryImage, json: bool) {
    if json {
        return result(format_args!("{:#}", repository_image(image)));
    }
    let line = |name: &str, text: &str| {
        if !text.is_empty() {
            result(format_args!("{name:<16} {}", visible(text)));
        }
    };
    line("image", &image.path.to_string());
    line("state", image.state.word());
    line("because", image.state.detail());
    line("size", &format!("{} bytes", image.size));
    if let Some(known) = &image.recognised {
        line("made by", &known.tool);
        line("packed by", &known.compressor);
        line("file system", &known.filesystem);
        line(
            "restored into",
            &known.restore_bytes.map_or(String::new(), |bytes| format!("{bytes} bytes or more")),
        );
        line("not restorable", known.obstacle.as_deref().unwrap_or_default());
    }
    line("from", &image.client_name);
    if let Some(sums) = &image.sums {
        line("MD5 of its end", &sums.tail_md5);
        line("MD5", &sums.full_md5);
    }
    line("torrent", &image.info_hash.map_or(String::new(), |hash| hash.to_string()));
    line("backup", if image.has_backup { "yes: `img repo restore-backup` puts it back" } else { "" });
    if let Some(noted) = &image.registration {
        line("title", noted.title.as_str());
        line("software profile", noted.software_profile.as_str());
        line("partition", &format!("{}, {}", noted.partition, noted.partition_type));
        line("comments", noted.comments.as_str());
    }
}

/// Prints what came of bringing an image in.
pub fn print_incorporated(done: &Incorporated, json: bool) {
    if json {
        let mut told = repository_image(&done.image);
        told["replaced"] = done.replaced.into();
        told["warnings"] = done.warnings.clone().into();
        return result(told); // in a line, since there may be more of them
    }
    for warning in &done.warnings {
        say(format_args!("img: warning: {}: {}", done.image.path, visible(warning)));
    }
    let before = if done.replaced { ", and the one before it is the backup" } else { "" };
    result(format_args!("{} is {}{before}", done.image.path, done.image.state.word()));
}

/// Prints what came of reading an image again, and returns the exit status.
pub fn print_repository_verified(image: &str, verified: &Verified, json: bool) -> u8 {
    if json {
        let told = json!({
            "image": image,
            "whole": verified.whole(),
            "held": verified.held,
            "faults": verified.faults,
            "sum": verified.sums.tail_md5,
            "full_sum": verified.sums.full_md5,
            "read_bytes": verified.read_bytes,
            "opengnsys_error": (!verified.whole()).then_some(imaging::OpenGnsysError::Image.number()),
        });
        result(format_args!("{told:#}"));
    } else {
        verified.held.iter().for_each(|line| result(format_args!("  {}", visible(line))));
        if verified.whole() {
            result(format_args!("{image} is whole: {} bytes", verified.read_bytes));
        }
    }
    for fault in &verified.faults {
        say(format_args!("img: {image}: {} (error 5 IMAGE of OpenGnsys)", visible(fault)));
    }
    u8::from(!verified.whole())
}

/// Says what a round of looking did to one image.
pub fn print_tended(told: &Tended, json: bool) {
    let (what, image, number, why) = match told {
        Tended::Published(image) => ("published", Some(image), None, ""),
        Tended::Refused(image, number, why) => ("refused", Some(image), Some(*number), &**why),
        Tended::Waits(image, why) => ("waits", Some(image), None, &**why),
        Tended::Reads(image) => ("reads", Some(image), None, "it takes long; others are not kept waiting"),
        Tended::Cleaned(what) => ("cleaned", None, None, &**what),
        _ => return,
    };
    if json {
        let line = json!({
            "what": what,
            "image": image.map(ToString::to_string),
            "address": image.map(imaging::ImagePath::address),
            "why": Some(why).filter(|why| !why.is_empty()),
            "opengnsys_error": number.map(imaging::OpenGnsysError::number),
        });
        return result(line);
    }
    let name = image.map_or(String::new(), |image| format!("{image} "));
    match number {
        Some(number) => {
            say(format_args!("img: {name}is not published: {} (error {number} of OpenGnsys)", visible(why)))
        }
        None if why.is_empty() => result(format_args!("{name}is {what}")),
        None => result(format_args!("{what} {name}{}", visible(&format!("({why})")))),
    }
}

/// Says what a repository refused, on stdout too where JSON is wanted, and returns the exit status.
pub fn print_repository_error(error: &RepositoryError, json: bool) -> u8 {
    let number = error.opengnsys();
    let sentence = error.sentence();
    if json {
        result(json!({ "result": false, "error": sentence, "opengnsys_error": number.number() }));
    }
    say(format_args!("img: {} (error {number} of OpenGnsys)", visible(&sentence)));
    1
}
