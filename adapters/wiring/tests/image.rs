//! `img image` on images of its own.

mod program;

use program::Site;
use serde_json::{Value, json};

/// Swap of 64 KiB.
fn swap() -> Vec<u8> {
    let mut image = vec![7; 64 << 10];
    image[1024..1032].copy_from_slice(&[1, 0, 0, 0, 15, 0, 0, 0]);
    image[4086..4096].copy_from_slice(b"SWAPSPACE2");
    image
}

#[test]
fn an_image_is_told_as_a_line_and_as_json() {
    let site = Site::new();
    std::fs::write(site.path().join("swap.img"), swap()).unwrap();

    let line = site.run(&["image", "info", "swap.img"]);
    assert_eq!((line.status, &*line.stdout, &*line.stderr), (Some(0), "RAW:NONE:SWAP:64\n", ""));
    let told: Value =
        serde_json::from_str(&site.run(&["image", "info", "--json", "swap.img"]).stdout).unwrap();
    assert_eq!(
        told,
        json!({
            "file": "swap.img", "tool": "raw", "version": null, "compressor": "none", "filesystem": "SWAP",
            "restore_bytes": 65536, "device_bytes": null, "restorable": true, "obstacle": null,
            "line": "RAW:NONE:SWAP:64", "error": null, "opengnsys_error": null,
        })
    );
    let compat = site.run(&["image", "info", "--compat", "swap.img"]);
    assert_eq!((compat.status, &*compat.stdout), (Some(1), ""));
    assert!(compat.stderr.contains("(error 5 of OpenGnsys)"), "{compat:?}");
}

#[test]
fn what_is_no_image_or_broken_is_a_sentence_with_the_number_of_opengnsys() {
    let site = Site::new();
    std::fs::write(site.path().join("cut.img"), &swap()[..60_000]).unwrap();
    std::fs::write(site.path().join("none\n.img"), "hello").unwrap();

    let cut = site.run(&["image", "info", "cut.img"]);
    assert_eq!((cut.status, &*cut.stdout), (Some(0), "RAW:NONE:SWAP:64\n"));
    assert!(cut.stderr.contains("ends after 60000 bytes, the image has 65536"), "{cut:?}");
    let broken = site.run(&["image", "verify", "--json", "cut.img"]);
    let told: Value = serde_json::from_str(&broken.stdout).unwrap();
    assert_eq!(
        (broken.status, &told["whole"], &told["opengnsys_error"]),
        (Some(1), &json!(false), &json!(5))
    );
    assert_eq!((&told["fault"]["image_byte"], &told["restorable"]), (&json!(60_000), &json!(false)));

    let none = site.run(&["image", "info", "none\n.img"]);
    assert_eq!((none.status, none.stderr.lines().count()), (Some(1), 1), "{none:?}");
    let away = site.run(&["image", "verify", "away.img"]);
    assert!(
        away.stderr.contains("No such file") && away.stderr.contains("(error 2 of OpenGnsys)"),
        "{away:?}"
    );
    assert_eq!(away.status, Some(1));
}
