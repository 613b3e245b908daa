//! Shows what was measured.

use std::time::Duration;

use crate::contender::Kind;
use crate::load::SIZES;
use crate::measure::{Idle, Run};

const MEGABYTE: f64 = 1e6;

pub(crate) fn print_runs(size: usize, runs: &[Vec<Run>; 3]) {
    println!("\n{size} bytes; median (least – most) of {} rounds", runs[0].len());
    println!("| | workitems a second | of the raw loop | CPU a workitem | memory at most |");
    println!("|---|---|---|---|---|");
    for (kind, own) in Kind::ALL.into_iter().zip(runs) {
        let rates = spread(own.iter().map(|run| run.rate));
        let ratios = spread(own.iter().zip(&runs[0]).map(|(run, raw)| run.rate / raw.rate));
        let cpu = spread(own.iter().map(|run| run.cpu.as_secs_f64() * 1e6));
        let peak = own.iter().map(|run| run.peak).max().unwrap_or_default();
        println!(
            "| {} | {} | {} | {} µs | {:.0} MB |",
            kind.name(),
            show(rates, 0),
            show(ratios, 2),
            show(cpu, 0),
            peak as f64 / MEGABYTE,
        );
    }
    let of_python = |number: fn(&Run) -> f64| {
        let each = runs[1].iter().zip(&runs[2]).map(|(ours, python)| number(ours) / number(python));
        show(spread(each), 3)
    };
    println!(
        "ours to Python: {} of its rate, {} of its CPU\n",
        of_python(|run| run.rate),
        of_python(|run| run.cpu.as_secs_f64())
    );
}

pub(crate) fn print_idle(idle: &[Idle]) {
    println!(
        "\n| | memory at rest | of it its own | latency at {} bytes, median and 95 % | at {} bytes |",
        SIZES[0], SIZES[1]
    );
    println!("|---|---|---|---|---|");
    for (kind, idle) in Kind::ALL.into_iter().zip(idle) {
        let at = |times: &[Duration], part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1e3;
        let [small, large] =
            idle.latencies.each_ref().map(|times| format!("{:.2} / {:.2} ms", at(times, 50), at(times, 95)));
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / MEGABYTE);
        let memory = idle.memory;
        println!(
            "| {} | {} | {} | {small} | {large} |",
            kind.name(),
            megabytes(memory.resident),
            megabytes(memory.private)
        );
    }
    println!();
}

/// Median, least, most.
fn spread(numbers: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    [numbers[numbers.len() / 2], numbers[0], numbers[numbers.len() - 1]]
}

fn show([median, least, most]: [f64; 3], places: usize) -> String {
    format!("{median:.places$} ({least:.places$} – {most:.places$})")
}
