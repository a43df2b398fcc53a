#!/usr/bin/env bash
# A disk is full: nothing is left of the new video, the old one stays, and later it works.
. "$(dirname "$0")/story.bash"

id=$(New-Video 'Dancing Doggo' -Size 640x360 | Wait-Video 2>/dev/null | field id)
echo old > doggo.mp4
limited() { (ulimit -f 8 && Get-VideoContent "$id" -OutFile doggo.mp4); }
exits 1 limited 2>error.txt
grep -q "The file 'doggo.mp4' could not be written: File too large. Nothing is left of it." error.txt || fail 'no error'
same 'the file' old "$(cat doggo.mp4)"
same 'the folder' 'doggo.mp4 error.txt' "$(ls -A | tr '\n' ' ' | sed 's/ $//')"

if [ -e /dev/full ]; then
    exits 1 Get-VideoContent "$id" 2>error.txt >/dev/full
    grep -q 'No space left on device' error.txt || fail 'no error'
    exits 1 Get-Video 2>error.txt >/dev/full
    exits 1 New-Video 'Dancing Doggo' 2>error.txt >/dev/full
    created=$(sed -n 's/.* Its id is \(video_[0-9a-f]*\)\..*/\1/p' error.txt)
    same 'the prompt of the job whose output was lost' 'Dancing Doggo' "$(Get-Video "$created" | field prompt)"
fi

Get-VideoContent "$id" -OutFile doggo.mp4
is_video doggo.mp4
