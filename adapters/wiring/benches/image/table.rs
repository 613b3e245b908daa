//! The tables: medians of the rounds, and ratios taken within a round.

use std::collections::BTreeMap;

use crate::contender::{Contender, Took};

/// The runs of one contender with one kind of cache, a round each.
pub(crate) type Runs = Vec<Took>;

/// Prints how long each contender took, and how that compares to `dnf` alone in the same round.
pub(crate) fn print(cache: &str, found: &[(Contender, Runs)]) {
    let alone: Vec<f64> = found
        .iter()
        .filter(|(contender, _)| *contender == Contender::Dnf)
        .flat_map(|(_, runs)| runs.iter().map(|took| took.wall.as_secs_f64()))
        .collect();
    println!("\n| cache {cache} | seconds | times dnf alone |\n|---|---|---|");
    for (contender, runs) in found {
        let wall: Vec<f64> = runs.iter().map(|took| took.wall.as_secs_f64()).collect();
        let ratios: Vec<f64> = wall.iter().zip(&alone).map(|(ours, dnf)| ours / dnf).collect();
        println!("| {} | {} | {} |", contender.name(), spread(&wall, 1), spread(&ratios, 2));
    }
}

/// Prints where the seconds of ours go.
pub(crate) fn print_steps(cache: &str, found: &[(Contender, Runs)]) {
    let ours: Vec<_> =
        found.iter().filter(|(contender, _)| matches!(contender, Contender::Ours(..))).collect();
    if ours.is_empty() {
        return;
    }
    let mut order: Vec<&str> = Vec::new();
    let mut times: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
    for (contender, runs) in &ours {
        for (step, ms) in runs.iter().flat_map(|took| &took.steps) {
            if !order.contains(&step.as_str()) {
                order.push(step);
            }
            let seconds = f64::from(u32::try_from(*ms).unwrap_or(u32::MAX)) / 1000.0;
            times.entry((contender.name(), step)).or_default().push(seconds);
        }
    }
    let names: Vec<_> = ours.iter().map(|(contender, _)| contender.name()).collect();
    println!(
        "\n| seconds of ours, cache {cache} | {} |\n|---|{}",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for step in order {
        let cells = names.iter().map(|name| {
            times.get(&(*name, step)).map_or_else(String::new, |times| format!("{:.2}", median(times)))
        });
        println!("| {step} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    let all = ours.iter().map(|(_, runs)| {
        let whole: Vec<f64> = runs.iter().map(|took| took.wall.as_secs_f64()).collect();
        format!("{:.2}", median(&whole))
    });
    println!("| the whole command | {} |", all.collect::<Vec<_>>().join(" | "));
}

/// The median, and in parentheses the least and the most.
fn spread(values: &[f64], digits: usize) -> String {
    let (least, most) = values
        .iter()
        .fold((f64::MAX, f64::MIN), |(least, most), value| (least.min(*value), most.max(*value)));
    match values {
        [] => String::new(),
        [one] => format!("{one:.digits$}"),
        _ => format!("{:.digits$} ({least:.digits$} – {most:.digits$})", median(values)),
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}
