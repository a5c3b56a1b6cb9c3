//! Forks: a child of the process that has opened the device is told so, and never waits for threads that it has not.

use expect_test::expect;

use crate::child::Child;

#[test]
fn a_child_is_told_that_it_cannot_use_the_device() {
    let text = Child::new("fork").stdout();
    expect![[r#"
        early 0 value [0, 2, 4, 6]
        parent [1, 2, 3, 4, 5]
        parent 15
        new 0 Plugin: device: this process was forked from one that had opened the device, which does not work in a child; open it in the child only, or start another program
        recorded 0 Plugin: device: this process was forked from one that had opened the device, which does not work in a child; open it in the child only, or start another program
        computed 0 Plugin: device: this process was forked from one that had opened the device, which does not work in a child; open it in the child only, or start another program
        call 0 Plugin: device: this process was forked from one that had opened the device, which does not work in a child; open it in the child only, or start another program
        cut off 0 Plugin: device: this process was forked from one that had opened the device, which does not work in a child; open it in the child only, or start another program
        long 0 Plugin: device: this process was forked from one that had opened the device, which does not work in a child; open it in the child only, or start another program
        host 0 value [1, 2, 3]
        drop 0 dropped
        exit 3 
        parent [2, 4, 6, 8, 10]
    "#]]
    .assert_eq(&text);
}
