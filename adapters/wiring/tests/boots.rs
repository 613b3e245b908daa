//! Images that are built by the real program boot in every way they should, and say so on their serial console.

mod program;

use std::process::Command;

use program::{Site, demo_repo, workspace};

/// What is built, and the options of examples/demo/boot it is booted with.
struct Cell {
    name: &'static str,
    image_type: &'static str,
    /// The lines about disks.
    lines: &'static str,
    ways: &'static [&'static str],
}

const CELLS: &[Cell] = &[
    Cell { name: "gpt", image_type: "raw", lines: GPT, ways: &["", "--uefi"] },
    Cell {
        name: "gpt-bios",
        image_type: "raw",
        lines: "part / --size=128\nbootloader --ptable=gpt",
        ways: &[""],
    },
    Cell {
        name: "mbr-uefi",
        image_type: "raw",
        lines: "part /boot/efi --size=16 --fstype=efi\npart / --size=128\nbootloader --ptable=msdos",
        ways: &["", "--uefi"],
    },
    Cell {
        name: "btrfs",
        image_type: "raw",
        lines: "part / --size=256 --fstype=btrfs\npart /boot/efi --size=16 --fstype=efi",
        ways: &["", "--uefi"],
    },
    Cell {
        name: "many",
        image_type: "raw",
        lines: "part /boot --size=48 --fstype=ext2\npart swap --size=8\npart / --size=128 --fstype=ext3\npart /home --size=12\n\
                part /srv --size=12 --fstype=vfat\npart /boot/efi --size=16 --fstype=vfat\nbootloader --ptable=msdos",
        ways: &["", "--uefi"],
    },
    Cell { name: "qcow2", image_type: "qcow2", lines: GPT, ways: &["", "--uefi"] },
    Cell { name: "vdi", image_type: "vdi", lines: GPT, ways: &[""] },
    Cell { name: "vmdk", image_type: "vmdk", lines: "", ways: &[""] },
    Cell { name: "vhd", image_type: "vhd", lines: GPT, ways: &["--uefi"] },
    SEVERAL,
    Cell { name: "cd", image_type: "livecd", lines: "", ways: &["--cd", "--cd --uefi", "", "--uefi"] },
    Cell { name: "stick", image_type: "liveusb", lines: "", ways: &["", "--uefi"] },
];

const SEVERAL: Cell = Cell {
    name: "disks",
    image_type: "raw",
    lines: "part /home --size=12 --ondisk=sdb\npart / --size=128 --ondisk=sda",
    ways: &[""],
};

const GPT: &str = "part /boot/efi --size=16 --fstype=efi\npart / --size=128\npart swap --size=8";

fn boot(image: &[&str], ways: &str, expect: &str) {
    #[expect(clippy::disallowed_methods, reason = "the demo's own way to boot")]
    let output = Command::new(workspace("examples/demo/boot"))
        .args(image)
        .args(ways.split_whitespace())
        .args(["--expect", expect, "--timeout", "150"])
        .output()
        .unwrap();
    let console = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{image:?} {ways}: {console}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Builds an image, and boots it in each of the ways.
fn boots(site: &Site, kickstart: &str, image_type: &str, name: &str, ways: &[&str]) {
    let ran = site.run(&[
        "build",
        kickstart,
        "--type",
        image_type,
        "--name",
        name,
        "--repo",
        &demo_repo(),
        "--json",
    ]);
    assert_eq!(ran.status, Some(0), "{name}: {ran:?}");
    let answer = ran.json();
    let id = answer["image_id"].as_str().unwrap();
    for way in ways {
        let hello = format!("IMG-DEMO: hello from {name}, image {id}");
        boot(&[answer["image_file"].as_str().unwrap()], way, &hello);
    }
}

fn cell(name: &str) {
    let Cell { image_type, lines, ways, .. } = CELLS.iter().find(|cell| cell.name == name).unwrap();
    let site = Site::new();
    let loader = "bootloader --timeout=0 --append=\"console=ttyS0 quiet img.poweroff\"";
    let mut lines = (*lines).to_owned();
    match lines.find("bootloader") {
        Some(at) => lines.replace_range(at..at + "bootloader".len(), loader),
        None => lines.push_str(&format!("\n{loader}")),
    }
    site.kickstart(
        "cell.ks",
        format!(
            "{lines}\n%packages\n@demo-base\nkernel\n%end\n%post\n\
             printf 'NAME=%s\\nIMAGE_ID=%s\\n' \"$IMG_NAME\" \"$IMG_IMAGE_ID\" >/etc/image-release\n%end\n"
        ),
    );
    boots(&site, "cell.ks", image_type, name, ways);
}

#[test]
fn every_example_kickstart_with_a_kernel_boots() {
    for name in ["hello", "home-partition", "boot-partition"] {
        let site = Site::new();
        let kickstart = workspace(&format!("examples/kickstarts/{name}.ks"));
        boots(&site, kickstart.to_str().unwrap(), "raw", name, &[""]);
    }
}

#[test]
fn a_disk_with_a_gpt_boots_by_bios_and_uefi() {
    cell("gpt");
}

#[test]
fn a_disk_with_a_gpt_and_no_esp_boots_by_bios() {
    cell("gpt-bios");
}

#[test]
fn a_disk_with_an_mbr_boots_by_bios_and_uefi() {
    cell("mbr-uefi");
}

#[test]
fn a_disk_with_btrfs_boots_by_bios_and_uefi() {
    cell("btrfs");
}

#[test]
fn a_disk_with_many_file_systems_boots_by_bios_and_uefi() {
    cell("many");
}

#[test]
fn a_disk_in_each_format_of_virtual_machines_boots() {
    for name in ["qcow2", "vdi", "vmdk", "vhd"] {
        cell(name);
    }
}

#[test]
fn a_live_cd_boots_as_cd_and_as_disk_by_bios_and_uefi() {
    cell("cd");
}

#[test]
fn a_live_stick_boots_by_bios_and_uefi() {
    cell("stick");
}

#[test]
fn several_disks_boot_together() {
    let site = Site::new();
    let rest = "bootloader --append=console=ttyS0 --timeout=0\n\
         %packages\n@demo-base\nkernel\n%end\n%post\ncat >/etc/rc.d/9 <<END\n#!/bin/sh\n\
         grep -q ' /home ' /proc/mounts && echo IMG-DEMO: two disks\nEND\nchmod 755 /etc/rc.d/9\n%end\n";
    site.kickstart("disks.ks", format!("{}\n{rest}", SEVERAL.lines));
    let ran = site.run(&["build", "disks.ks", "--type", "raw", "--repo", &demo_repo(), "--json"]);
    let answer = ran.json();
    let first = answer["image_file"].as_str().unwrap();
    assert!(first.ends_with("disks-sda.raw"), "{first}");
    boot(&[first, &first.replace("-sda.raw", "-sdb.raw")], "", "IMG-DEMO: two disks");
}

/// Tells whether lines have something in them.
type Has = fn(&str) -> bool;

/// What the lines of a cell have in them, in the words of the page.
const COLUMNS: &[(&str, Has)] = &[
    ("an MBR", |lines| !has_gpt(lines)),
    ("a GPT", has_gpt),
    ("swap", |lines| lines.contains("part swap")),
    ("vfat", |lines| lines.contains("--fstype=vfat")),
    ("ext2, ext3", |lines| lines.contains("--fstype=ext2") && lines.contains("--fstype=ext3")),
    ("btrfs", |lines| lines.contains("--fstype=btrfs")),
    ("several `part`", |lines| lines.matches("part ").count() > 1),
    ("several `--ondisk`", |lines| lines.contains("--ondisk=sdb")),
];

fn has_gpt(lines: &str) -> bool {
    lines.contains("--ptable=gpt") || lines.contains("--fstype=efi") && !lines.contains("--ptable=msdos")
}

/// Each row of the page is what the cells here boot, and nothing else.
#[test]
fn the_page_says_what_is_booted_by_which_firmware() {
    let mut rows = Vec::new();
    for image_type in ["raw", "qcow2", "vdi", "vmdk", "vhd", "livecd", "liveusb"] {
        let is_live = image_type.starts_with("live");
        for firmware in ["BIOS", "UEFI"] {
            let by = |way: &&str| way.contains("--uefi") == (firmware == "UEFI");
            let booted: Vec<_> = CELLS
                .iter()
                .filter(|cell| cell.image_type == image_type && cell.ways.iter().any(by))
                .collect();
            let of = |has: &dyn Fn(&str) -> bool| {
                let names =
                    booted.iter().filter(|cell| has(cell.lines)).map(|cell| format!("`{}`", cell.name));
                names.collect::<Vec<_>>().join(" ")
            };
            let cells = COLUMNS.iter().map(|(_, has)| if is_live { "–".into() } else { of(has) });
            let cells: Vec<_> = cells.chain([of(&|_| true)]).collect();
            let row = format!("| `{image_type}`, {firmware} | {} |", cells.join(" | "));
            rows.push(row.replace("|  |", "| |").replace("|  |", "| |"));
        }
    }
    let titles: Vec<_> = COLUMNS.iter().map(|(title, _)| *title).collect();
    let head = format!(
        "| | {} | `--append`, `--timeout` |\n|{}",
        titles.join(" | "),
        "---|".repeat(titles.len() + 2)
    );
    let table = format!("\n{head}\n{}\n", rows.join("\n"));

    let page = std::fs::read_to_string(workspace("docs/building.md")).unwrap();

    assert!(page.contains(&table), "docs/building.md should have this table:\n{table}");
}
