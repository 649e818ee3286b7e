//! Row 9: two collections at once, in processes of their own, again and again.

use std::process::Stdio;

use balie::domain::task::StatusFilter;

use crate::copies::balie;
use crate::rounds::times;
use crate::shop::Shop;

#[test]
fn two_runs_at_once_make_each_task_once() {
    let mut shop = Shop::new();
    for number in 0..100 {
        shop.vehicle(&format!("{number:02}-AB-11")).inspection_expires("2015-08-10");
    }
    shop.import();
    let folder = shop.folder().to_owned();
    for round in 0..5 * times() {
        // Withdrawn and returned, so that each pair of runs has something to do.
        shop.set("rules.inspection.enabled", if round % 2 == 0 { "true" } else { "false" });
        let start = || {
            let mut command = balie(&folder, &["--today", "2015-05-01", "collect"]);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        };
        let mut both = [start(), start()];
        assert!(both.iter_mut().all(|one| one.wait().unwrap().success()), "round {round}");
        let (open, withdrawn) = (shop.list(StatusFilter::Open), shop.list(StatusFilter::Withdrawn));
        let expected = if round % 2 == 0 { (100, 0) } else { (0, 100) };
        assert_eq!((open.len(), withdrawn.len()), expected, "round {round}");
    }
}
