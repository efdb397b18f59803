//! What both Retort binaries share. The pieces of it in this folder are being wired.
