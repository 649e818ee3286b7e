//! Bytes from outsiders, by the thousand: small seeds are damaged in every way a few lines of code can
//! think of, and each parser has to answer. The fuzz targets in `fuzz/` do the same for hours, guided by
//! which code was reached; what they find becomes a seed or a test here. `HOSTILE_SECONDS=60` tries each
//! parser for so long, with other damage in every run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod parsers;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// No parser may think longer about one small input.
const LONGEST: Duration = Duration::from_secs(1);
/// So many inputs, or as many as fit into the time.
const ROUNDS: usize = 3000;
const TIME: Duration = Duration::from_secs(3);

/// What turns up in files, and where readers stumble.
const TOKENS: [&[u8]; 24] = [
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"|",
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\xC3",
    "\u{feff}".as_bytes(),
    "\u{202e}".as_bytes(),
    "e\u{301}".as_bytes(),
    b"-",
    b"9999999999999999999",
    b"1e999",
    b"NaN",
    b"{",
    b"[[[[[[[[",
    b"null",
    b"'; DROP TABLE customer; --",
];

/// The same damage in every run.
struct Damage(u64);

impl Damage {
    fn number(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % below.max(1)
    }

    fn of(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[self.number(seeds.len())].clone();
        for _ in 0..=self.number(4) {
            let place = self.number(bytes.len() + 1);
            let length = self.number(16).min(bytes.len() - place.min(bytes.len()));
            match self.number(8) {
                0 if place < bytes.len() => bytes[place] ^= 1 << self.number(8),
                1 if place < bytes.len() => bytes[place] = u8::try_from(self.number(256)).unwrap(),
                2 => drop(bytes.drain(place..place + length)),
                3 => {
                    let piece = bytes[place..place + length].repeat(1 + self.number(8));
                    bytes.splice(place..place, piece).for_each(drop);
                }
                4 => bytes.truncate(place),
                5 => {
                    let other = &seeds[self.number(seeds.len())];
                    let from = self.number(other.len());
                    bytes.splice(place.., other[from..].iter().copied()).for_each(drop);
                }
                _ => {
                    let token = TOKENS[self.number(TOKENS.len())];
                    bytes.splice(place..place, token.iter().copied()).for_each(drop);
                }
            }
        }
        bytes
    }
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} holds no seeds", folder.display());
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

fn timed(parser: fn(&[u8]), input: &[u8]) -> Duration {
    let before = Instant::now();
    parser(input);
    before.elapsed()
}

fn holds(name: &str) {
    let (_, parser) = parsers::ALL.into_iter().find(|(other, _)| *other == name).unwrap();
    let seeds = seeds(name);
    let asked: Option<u64> = std::env::var("HOSTILE_SECONDS").ok().and_then(|text| text.parse().ok());
    let (rounds, time) = asked.map_or((ROUNDS, TIME), |seconds| (usize::MAX, Duration::from_secs(seconds)));
    let begun = Instant::now();
    // The address of a variable and the number of the process: other ones in every run.
    let other = u64::from(std::process::id()) ^ std::ptr::from_ref(&begun).addr() as u64;
    let mut damage = Damage(0x9E37_79B9_7F4A_7C15 ^ if asked.is_some() { other } else { 0 });
    let inputs = seeds.iter().cloned().chain(std::iter::repeat_with(|| damage.of(&seeds)));
    let mut tried = 0;
    for input in inputs.take(rounds) {
        let kept = catch_unwind(AssertUnwindSafe(|| timed(parser, &input)));
        let took = kept.unwrap_or_else(|_| panic!("{name} stumbled over {}", input.escape_ascii()));
        // On a machine that is busy with other things the second try is the one that counts.
        if took > LONGEST {
            let again = timed(parser, &input);
            assert!(again < LONGEST, "{name} took {took:?} and {again:?} over {}", input.escape_ascii());
        }
        tried += 1;
        if begun.elapsed() > time {
            break;
        }
    }
    println!("{name}: {tried} inputs in {:?}", begun.elapsed());
}

macro_rules! each {
    ($($name:ident)+) => { $( #[test] fn $name() { holds(stringify!($name)); } )+ };
}
each!(import value plate config profile register bird cm spryng twilio backup);
