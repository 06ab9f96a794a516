/** Every sentence of the page that enrolls a Mac, in English. It is loaded with that page. */
export const enEnroll = {
  title: 'Enroll this Mac',
  lead: 'Enrolling connects your Mac with {{organization}}, so that its recovery key can be kept here. It takes about five minutes. You can remove the Mac again at any time.',
  done: 'done',
  showAgain: 'Show it again',
  means: {
    title: 'What IT can see and do',
    canTitle: 'IT can',
    can: [
      'See the name, model, serial number and macOS version',
      'See whether the disk is encrypted, and which profiles are installed',
      'Install settings for FileVault',
      'Have your Mac make a new recovery key',
    ],
    cannotTitle: 'IT can’t',
    cannot: [
      'Read your files, mail, messages, photos or passwords',
      'See which websites you visit or which apps you use',
      'See where your Mac is',
      'Erase your Mac',
    ],
    keyTitle: 'Who can see the recovery key',
    key: 'If IT has the serial number of this Mac on its list, it is a company Mac: IT can see its key, with a reason, and you are told at once. Otherwise it is your personal Mac, and nobody but you can see its key. If IT changes that later, you are told, and keys stored before stay yours alone.',
    rights: 'The exact rights that your Mac will name',
    rightsLead:
      'When you approve the profile, macOS lists what it allows. The profile asks for five rights of Apple’s and no others (their sum is 1047):',
    rightsList: [
      'Look at the profiles that are installed (1)',
      'Install and remove its own profiles (2)',
      'Lock the Mac and change its recovery key (4). Apple gives these two together; we change the key, and have no button that locks a Mac',
      'Ask for the name, model and version of the Mac (16)',
      'Ask about its security: whether it is encrypted, for one (1024)',
    ],
    rightsEnd: 'Rights can’t be added later without your approval at the Mac.',
  },
  get: {
    title: 'Download the profile',
    body: 'A profile is a small file that tells your Mac whom to trust. This one is made for you, works once, and is good for an hour.',
    download: 'Download profile',
    again: 'Download another profile',
    onceMore: 'Each profile works once. If yours is lost, or the download did not start, get another.',
    otherTitle: 'This does not seem to be a Mac',
    other: 'Open this address in Safari on the Mac that you want to enroll:',
    address: 'Address of this page',
    copy: 'Copy address',
    copied: 'Copied',
    copyFailed: 'Select the address and copy it by hand.',
    here: 'Download it here anyway',
    notReadyTitle: 'IT has not finished setting this up',
    notReady:
      'A certificate from Apple is still missing, and without it no Mac can be enrolled. Nothing is wrong with your Mac. Tell IT, then come back.',
  },
  install: {
    title: 'Install it on your Mac',
    which: 'Which macOS does your Mac have?',
    whichHint: 'The Apple menu, top left, has it under About This Mac.',
    newest: 'macOS 15 or newer',
    middle: 'macOS 13 or 14',
    oldest: 'macOS 12 or older',
    steps: {
      newest: [
        'Open System Settings from the Apple menu, top left.',
        'Select General, then Device Management. It is near the end of the list.',
        'Double-click “Recovery key management”, then select Install or Enroll.',
        'Type the name and password of an administrator of this Mac.',
      ],
      middle: [
        'Open System Settings from the Apple menu, top left.',
        'Select Privacy & Security, then Profiles. It is near the end of the list.',
        'Double-click “Recovery key management”, then select Install or Enroll.',
        'Type the name and password of an administrator of this Mac.',
      ],
      oldest: [
        'Open System Preferences from the Apple menu, top left.',
        'Select Profiles. It appears once a profile has been downloaded.',
        'Select “Recovery key management”, then Install.',
        'Type the name and password of an administrator of this Mac.',
      ],
    },
    place: {
      newest: ['System Settings', 'General', 'Device Management'],
      middle: ['System Settings', 'Privacy & Security', 'Profiles'],
      oldest: ['System Preferences', 'Profiles', 'Recovery key management'],
    },
    notVerified: 'Your Mac says “Not verified”',
    notVerifiedWhy:
      'That is expected where a company signs its profiles itself: your Mac does not know the signature, and Apple has not checked it. Go on if you downloaded the profile here a moment ago and it is called “Recovery key management”. If it came to you in any other way, remove it and tell IT.',
    noPassword: 'You have no administrator password',
    noPasswordWhy: 'Ask IT, or whoever set up this Mac, to type theirs. It stays on the Mac.',
  },
  arrive: {
    title: 'Wait for your Mac here',
    waiting: 'Waiting for your Mac',
    body: 'This changes by itself. You may close the page and come back to the same address.',
    identified: 'Your Mac has its certificate',
    arrived: 'Your Mac has arrived',
    step: {
      downloaded: { next: 'Profile is downloaded', done: 'Profile downloaded' },
      identified: { next: 'Your Mac asks for its certificate', done: 'Your Mac has its certificate' },
      arrived: { next: 'Your Mac says who it is', done: 'Your Mac has arrived' },
      live: { next: 'We make sure that we can reach it', done: 'We can reach your Mac' },
    },
    go: 'Go to {{name}}',
    goPlain: 'Go to your Mac',
    todo: {
      settling:
        'It is taking IT’s settings now, which takes a minute. Its page says whether anything is left to do.',
      store:
        'One thing is left: store its recovery key, so that you can get back in if you are ever locked out.',
      encrypt: 'One thing is left: turn on FileVault, so that its disk is encrypted.',
      see: 'Its page says what is left to do.',
      nothing: 'Nothing is left for you to do. Its recovery key is stored.',
    },
  },
  end: {
    restart: 'Start again',
    more: 'What this means, and what happens next',
    expired: {
      title: 'This profile can no longer be used',
      why: 'A profile is good for one hour. Nothing has changed on your Mac. Download another one and install that.',
    },
    'user-enrollment': {
      title: 'Your Mac was enrolled in another way',
      why: 'It came as a User Enrollment, with a Managed Apple Account. Apple does not allow recovery keys to be managed there. On your Mac, remove that enrollment in System Settings, under General, then Device Management. Then start again with the profile from this page, or ask IT.',
    },
    'refused-by-it': {
      title: 'IT has not let this Mac in',
      why: 'They looked at it and decided against it. Nobody’s recovery key has changed. If this is your Mac, talk to IT before you try again.',
    },
    quarantined: {
      title: 'This Mac is known under somebody else’s name',
      why: 'Nothing was changed. IT has been told and decides; this page changes by itself then. If it is urgent, contact IT.',
    },
    ended: {
      title: 'This enrollment is over',
      why: 'The Mac was removed since, or enrolled again. The recovery keys stored for it are kept.',
    },
    unknown: {
      title: 'We could not find this enrollment',
      why: 'The address may be mistyped, or somebody else began it. You can begin a new one.',
    },
  },
};
