//! Completions and manual pages, both made from the command line's own description.

use std::io;
use std::path::PathBuf;

use clap::{Args, CommandFactory};

use crate::{Cli, Failure};

/// For which shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// bash, zsh, fish, elvish or powershell
    shell: clap_complete::Shell,
}

impl Completions {
    pub fn run(&self) -> Result<(), Failure> {
        // Rendered first: a reader that closes the pipe early must not become a panic.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "balie", &mut script);
        io::Write::write_all(&mut io::stdout(), &script)?;
        Ok(())
    }
}

/// Where to.
#[derive(Debug, Args)]
pub struct Man {
    /// The folder, e.g. /usr/share/man/man1
    folder: PathBuf,
}

impl Man {
    pub fn run(&self) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.folder)?;
        clap_mangen::generate_to(Cli::command(), &self.folder)?;
        Ok(())
    }
}
