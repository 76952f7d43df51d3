"""From a video to its moments: about one picture for each scene."""
