#!/bin/sh
# Makes the videos of docs/living-body.md and, from their frames, its pictures: docs/pictures/living.sh CHEST [FOLDER]
# CHEST is the CT named in docs/image-quality.md, FOLDER takes the runs with their video.mp4 (build/videos).
# Called in the repository's root after a build; needs ffmpeg and ImageMagick. A quarter of an hour on two cores.
set -eu
fluorolab=build/release/fluorolab
to=docs/pictures
work=${2:-build/videos}
mkdir -p "$work"

play() { # NAME SCENARIO OPTIONS
    name=$1
    scenario=$2
    shift 2
    rm -rf "${work:?}/$name"
    "$fluorolab" run "scenarios/$scenario.yaml" --headless --out "$work/$name" "$@"
}

frames() { # NAME SECOND...: single frames of a video
    name=$1
    shift
    for second in "$@"; do
        ffmpeg -loglevel error -y -ss "$second" -i "$work/$name/video.mp4" -frames:v 1 "$work/$name-$second.png"
    done
}

sheet() { # OUT PICTURE...: three in a row
    out=$1
    shift
    montage "$@" -tile 3x -geometry 330x330+3+3 -background white -colorspace gray -quality 82 -strip "$to/$out.jpg"
}

for scenario in coronary-left-injection coronary-right-injection coronary-ventriculogram coronary-aortogram coronary-complications \
    swallow-primary-wave swallow-pharynx-lateral swallow-achalasia chest-deep-breath; do
    play "$scenario" "$scenario"
done
"$fluorolab" fit "$1" --remove-couch -o "$work/fitted.fluoro" --report "$work/fitted.json"
play fitted-left coronary-left-injection --patient "$work/fitted.fluoro"
play fitted-right coronary-right-injection --patient "$work/fitted.fluoro"

frames coronary-left-injection 2.0 3.0 6.0
frames coronary-right-injection 1.5 2.3 5.0
frames coronary-complications 1.6 21.62 17.5
frames coronary-ventriculogram 2.2 2.7 4.5
frames coronary-aortogram 1.6 2.4 3.2
frames swallow-primary-wave 2.6 5.0 6.6
frames swallow-pharynx-lateral 0.8 1.0 1.2
frames fitted-left 2.0 3.0 6.0
frames fitted-right 1.5 2.3 5.0
cd "$work"
to=$OLDPWD/$to
sheet living-coronaries coronary-left-injection-2.0.png coronary-left-injection-3.0.png coronary-left-injection-6.0.png \
    coronary-right-injection-1.5.png coronary-right-injection-2.3.png coronary-right-injection-5.0.png
sheet living-complications coronary-complications-1.6.png coronary-complications-21.62.png coronary-complications-17.5.png
sheet living-great-vessels coronary-ventriculogram-2.2.png coronary-ventriculogram-2.7.png \
    coronary-ventriculogram-4.5.png coronary-aortogram-1.6.png coronary-aortogram-2.4.png coronary-aortogram-3.2.png
sheet living-swallow swallow-primary-wave-2.6.png swallow-primary-wave-5.0.png swallow-primary-wave-6.6.png \
    swallow-pharynx-lateral-0.8.png swallow-pharynx-lateral-1.0.png swallow-pharynx-lateral-1.2.png
sheet living-fitted fitted-left-2.0.png fitted-left-3.0.png fitted-left-6.0.png fitted-right-1.5.png \
    fitted-right-2.3.png fitted-right-5.0.png
