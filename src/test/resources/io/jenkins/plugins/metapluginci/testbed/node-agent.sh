#!/bin/bash
# The agent of a node that the controller does not launch: connects by itself, again and again, from boot on.
cd /home/jenkins
while :; do
  java -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar /home/jenkins/agent.jar \
    -url "@URL@" -name "@NAME@" -secret @/home/jenkins/agent-secret -webSocket -workDir /home/jenkins \
    >>/home/jenkins/agent.log 2>&1
  sleep 1
done
