// Generates the code of prost.rs from the files in FILES, which are in the folder PROTO.

use std::env::var;

fn main() -> std::io::Result<()> {
    let files = var("FILES").unwrap();
    prost_build::compile_protos(&files.split(' ').collect::<Vec<_>>(), &[var("PROTO").unwrap()])
}
