//! How often a fault is made: once or a little in every run, more where somebody asks for it (`make faults`).

/// So many times as many as in every run, by `BALIE_FAULT_ROUNDS`.
pub fn times() -> u32 {
    std::env::var("BALIE_FAULT_ROUNDS").ok().and_then(|times| times.parse().ok()).unwrap_or(1).max(1)
}
